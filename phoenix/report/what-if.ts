/** What another rule of filtering would have done, as text beside what really happened. */
import { comesBack } from '../federation/standing.ts';
import type { FilteringRule } from '../federation/strikes.ts';
import { partingRound, type Judgement, type ReplayedRound } from '../federation/what-if.ts';
import { numeric, textTable } from './tables.ts';

/** "precision below 0.65, 2 rounds in a row, from round 5 on: removed for good; at least 1 client stays". */
export function ruleInWords(rule: FilteringRule): string {
  const { metric, strikes, startRound, removal, skipRounds, minimumClients } = rule;
  const name = metric === 'both' ? 'precision and recall' : metric;
  const poor = {
    lowest: `the lowest ${metric === 'both' ? `mean of ${name}` : name}`,
    threshold: `${name} below ${rule.threshold}`,
    average: `${name} below the round's average`,
  }[rule.rule];
  const row = strikes === 1 ? 'once' : `${strikes} rounds in a row`;
  const away = removal === 'temporary' ? `for ${counted(skipRounds!, 'round')}` : 'for good';
  const least = `at least ${counted(minimumClients, 'client')} ${minimumClients === 1 ? 'stays' : 'stay'}`;
  return `${poor}, ${row}, from round ${startRound} on: removed ${away}; ${least}`;
}

/** One row per round. Warned is who was poor and stayed. */
export function whatIfTable(rounds: readonly ReplayedRound[]): string {
  return textTable(
    ['round', numeric('measured'), 'warned', 'removed', 'would be warned', 'would be removed'],
    rounds.map(({ round, measured, really, whatIf }) => [
      String(round),
      String(measured.length),
      warned(really),
      removed(really),
      warned(whatIf),
      removed(whatIf),
    ]),
  );
}

/** What must be known to read the table. */
export function whatIfNotes(rounds: readonly ReplayedRound[]): string[] {
  return [partingInWords(rounds), ...notJudged(rounds)];
}

function partingInWords(rounds: readonly ReplayedRound[]): string {
  const parting = partingRound(rounds);
  if (!parting) return 'In every finished round the same clients would have taken part.';
  const { round, stillThere, goneAlready } = parting;
  if (round > rounds.at(-1)!.round) return `From round ${round} on other clients would take part.`;
  const differences = [
    ...(stillThere.length > 0 ? [`still had ${clients(stillThere)}`] : []),
    ...(goneAlready.length > 0 ? [`had lost ${clients(goneAlready)}`] : []),
  ];
  return `From round ${round} on other clients would have taken part: metrics from then on are those of the real federation, which ${differences.join(' and ')}.`;
}

/** Who would have been judged in rounds of which there are no metrics of it; a line for all with the same rounds. */
function notJudged(rounds: readonly ReplayedRound[]): string[] {
  const ids = [...new Set(rounds.flatMap(({ missing }) => missing))].toSorted((a, b) => a - b);
  const together = new Map<string, number[]>();
  for (const client of ids) {
    const when = spans(rounds.filter(({ missing }) => missing.includes(client)).map(({ round }) => round));
    together.set(when, [...(together.get(when) ?? []), client]);
  }
  return [...together].map(
    ([when, who]) => `Without metrics, and so not judged, in ${when}: ${clients(who)}.`,
  );
}

/** [4, 5, 6, 8] → "rounds 4 to 6, 8". */
function spans(rounds: readonly number[]): string {
  const parts = rounds
    .filter((round) => !rounds.includes(round - 1))
    .map((first) => {
      const last = rounds.find((round) => round >= first && !rounds.includes(round + 1))!;
      return first === last ? String(first) : `${first} to ${last}`;
    });
  return `round${rounds.length === 1 ? '' : 's'} ${parts.join(', ')}`;
}

const warned = ({ poor, removed: gone }: Judgement): string =>
  poor.filter((client) => !gone.includes(client)).join(', ');

function removed({ removed: gone, ledger }: Judgement): string {
  const removal = ledger.clients.find(({ client }) => client === gone[0])?.removal;
  return `${gone.join(', ')}${removal ? comesBack(removal) : ''}`;
}

const clients = (ids: readonly number[]): string => ids.map((id) => `client ${id}`).join(', ');

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
