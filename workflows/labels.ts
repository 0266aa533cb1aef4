/** What the web UI calls things. */
import { epsilonColumn } from '../phoenix/federation/privacy/describe.ts';
import type { RoundSummary, RunDocument } from '../phoenix/federation/records.ts';
import { comesBack } from '../phoenix/federation/standing.ts';
import { LAYERS_LEFT, layersLeft, turnout } from '../phoenix/federation/summary.ts';
import { activeClients } from '../phoenix/federation/strikes.ts';
import type { SweepDocument } from '../phoenix/federation/sweep.ts';

/** 1234567 → "1,234,567"; the sandbox of workflows has no locale data to rely on. */
export const thousands = (count: number): string => String(count).replace(/\B(?=(\d{3})+$)/g, ',');

/** "1 client", "4 clients" */
export const counted = (count: number, noun: string): string =>
  `${thousands(count)} ${noun}${count === 1 ? '' : 's'}`;

/** "round-03": so that the rounds of a run sort by name. */
export const roundId = (run: string, round: number): string =>
  `${run}/round-${String(round).padStart(2, '0')}`;

/** No run is called so: names have no slash. */
export const sweepId = (name: string): string => `sweep/${name}`;

/** More of them would make the details too long to read, and to send. */
const shownRounds = 20;

const shownCells = 50;

/** State of a sweep in a few lines of Markdown: the cells that have been begun, the newest last. */
export function sweepDetails({ state, paused, cells }: SweepDocument): string {
  const begun = cells.filter((cell) => cell.state !== 'waiting');
  const done = cells.filter((cell) => cell.state === 'finished').length;
  return [
    `**${state}**${paused ? ' · **paused**' : ''} · ${done} of ${counted(cells.length, 'cell')} done`,
    '',
    '| cell | run | state |',
    '|---|---|---|',
    ...begun
      .slice(-shownCells)
      .map(({ label, run, state: own, failure }) =>
        tableRow(inCell(label), run, failure === null ? own : inCell(failure.message)),
      ),
  ].join('\n');
}

/** Messages of others may have lines and bars of their own, which would be rows and columns. */
const inCell = (text: string): string => text.replaceAll(/\s*\n\s*/g, ' ').replaceAll('|', '\\|');

const tableRow = (...cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;

/** State of a run in a few lines of Markdown: a table of the newest rounds, who was removed, who has strikes. */
export function runDetails(
  { phase, paused, rounds, untrained, ledger, steering }: RunDocument,
  totalRounds: number,
): string {
  const lines = [
    `**${phase}**${paused ? ' · **paused**' : ''} · ${rounds.length} of ${counted(totalRounds, 'round')} done`,
  ];
  if (untrained !== null) lines.push('', ...roundTable(rounds.slice(-shownRounds), untrained.fid));
  if (layersLeft({ rounds })) lines.push('', LAYERS_LEFT);
  const removed = ledger.clients.flatMap(({ client, removal }) =>
    removal === null ? [] : [`client ${client} after round ${removal.afterRound}${comesBack(removal)}`],
  );
  const warned = ledger.clients.flatMap(({ client, strikes, removal }) =>
    removal === null && strikes > 0 ? [`client ${client} (${counted(strikes, 'strike')})`] : [],
  );
  if (removed.length > 0) lines.push('', `Removed: ${removed.join('; ')}`);
  if (warned.length > 0) lines.push('', `Warned: ${warned.join(', ')}`);
  if (steering.length > 0) lines.push('', `By hand: ${steering.at(-1)!.effect}`);
  if (removed.length > 0) lines.push('', `Active: ${counted(activeClients(ledger).length, 'client')}`);
  return lines.join('\n');
}

function roundTable(rounds: readonly RoundSummary[], untrainedFid: number): string[] {
  const epsilon = epsilonColumn(rounds);
  const titles = ['round', 'clients', 'mean loss', 'FID', 'precision', 'recall', ...epsilon.title];
  return [
    tableRow(...titles, 'poor', 'removed'),
    `|${'---|'.repeat(titles.length + 2)}`,
    tableRow('untrained', '', '', untrainedFid.toFixed(4), '', '', ...epsilon.cell(null), '', ''),
    ...rounds.map(({ round, meanLoss, privacy, metrics, poor, removed, ...clients }) =>
      tableRow(
        round,
        turnout(clients),
        meanLoss.toFixed(4),
        metrics?.fid.toFixed(4) ?? '',
        metrics?.precision.toFixed(3) ?? '',
        metrics?.recall.toFixed(3) ?? '',
        ...epsilon.cell({ privacy }),
        poor.join(', '),
        removed.join(', '),
      ),
    ),
  ];
}
