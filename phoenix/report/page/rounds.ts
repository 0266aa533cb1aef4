/** The rounds of a run, and its clients in each of them. */
import { epsilonColumn } from '../../federation/privacy/describe.ts';
import type { FullRun, RoundRecord, RoundSummary } from '../../federation/records.ts';
import { comesBack, lateness, standingIn } from '../../federation/standing.ts';
import type { Ledger } from '../../federation/strikes.ts';
import { turnout } from '../../federation/summary.ts';
import { clientCells, duration, METRIC_TITLES, metricCells, significant } from '../format.ts';
import { html, type Html } from './html.ts';
import { dataTable, number } from './table.ts';

/** Of `metricCells`. */
export const metricHeader = METRIC_TITLES.map((title) =>
  number(title.charAt(0).toUpperCase() + title.slice(1)),
);

export function roundsTable(run: FullRun): Html {
  const took = ({ startedAt, finishedAt }: RoundSummary): string =>
    duration(Date.parse(finishedAt) - Date.parse(startedAt));
  const epsilon = epsilonColumn(run.rounds);
  const untrained = run.untrained
    ? [['untrained', ...['', '', ...metricCells(run.untrained), ...epsilon.cell(null), ''].map(number), '']]
    : [];
  return html`${dataTable(
    'Rounds',
    [
      'Round',
      ...['Clients', 'Loss'].map(number),
      ...metricHeader,
      ...[...epsilon.title, 'Duration'].map(number),
      'Removals',
    ],
    [
      ...untrained,
      ...run.rounds.map((round) => [
        String(round.round),
        ...[
          turnout(round),
          significant(round.meanLoss),
          ...metricCells(round.metrics),
          ...epsilon.cell(round),
          took(round),
        ].map(number),
        removals(round),
      ]),
    ],
  )}
  ${
    epsilon.title.length > 0 &&
    html`<p class="quiet">
      ε bounds what the averaged weights of all rounds so far say about the updates of any one client. Losses,
      metrics and samples of single clients are not protected.
    </p>`
  }`;
}

function removals({ removed, ledger }: RoundRecord): string | Html {
  if (removed.length === 0) return '';
  const { removal } = ledger.clients.find(({ client }) => client === removed[0])!;
  const who = removed.map((client) => `client ${client}`).join(', ');
  return html`<span class="tag removed">removed: ${who}${removal && comesBack(removal)}</span>`;
}

export const clientsTable = (run: FullRun): Html =>
  dataTable(
    'Clients in each round',
    [
      'Round · client',
      ...['Images', 'Steps', 'Loss at first', 'at last', 'Precision', 'Recall'].map(number),
      'Standing',
    ],
    run.rounds.flatMap(({ round, clients: trained, late, ledger }) => [
      ...trained.map((own) => [
        `${round} · client ${own.client}`,
        ...clientCells(own).map(number),
        standing(ledger, own.client),
      ]),
      ...late.map((own) => [
        `${round} · client ${own.client}`,
        ...clientCells(null).map(number),
        html`<span class="tag poor">${lateness(own)}</span>`,
      ]),
    ]),
  );

function standing(ledger: Ledger, client: number): string | Html {
  const words = standingIn(ledger, client);
  return words
    ? html`<span class="tag ${words.includes('removed') ? 'removed' : 'poor'}">${words}</span>`
    : '';
}
