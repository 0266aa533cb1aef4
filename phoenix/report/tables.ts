/** A run as text tables, for the terminal. */
import { getBorderCharacters, table } from 'table';
import { epsilonColumn } from '../federation/privacy/describe.ts';
import type { FullRun, RunDocument } from '../federation/records.ts';
import { standingIn } from '../federation/standing.ts';
import { classList, classNamesOf, fraction, metricCells, significant, whole } from './format.ts';

/** A title, or the title of a column of numbers, which stand to the right. */
export type Column = string | { readonly numeric: string };

export const numeric = (title: string): Column => ({ numeric: title });

/** A table with a line under its header. No rows: ''. */
export function textTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  return table(
    [
      columns.map((column) => (typeof column === 'string' ? column : column.numeric)),
      ...rows.map((row) => [...row]),
    ],
    {
      border: { ...getBorderCharacters('void'), joinBody: '─' },
      columnDefault: { paddingLeft: 0, paddingRight: 2 },
      columns: columns.map((column) => ({ alignment: typeof column === 'string' ? 'left' : 'right' })),
      drawHorizontalLine: (line) => line === 1,
    },
  ).replaceAll(/ +$/gm, '');
}

const metricColumns = ['FID', 'IS', 'precision', 'recall'].map(numeric);

/** One row per round, and before them the untrained network: the scale on which the others are read. */
export function roundsTable(run: RunDocument): string {
  const epsilon = epsilonColumn(run.rounds);
  const untrained = run.untrained
    ? [['untrained', '–', ...metricCells(run.untrained), ...epsilon.cell(null), '']]
    : [];
  return textTable(
    ['round', numeric('clients trained'), ...metricColumns, ...epsilon.title.map(numeric), 'removed'],
    [
      ...untrained,
      ...run.rounds.map(({ round, participants, metrics, privacy, removed }) => [
        String(round),
        String(participants),
        ...metricCells(metrics),
        ...epsilon.cell({ privacy }),
        removed.map((client) => `client ${client}`).join(', '),
      ]),
    ],
  );
}

/** One row per round and client. */
export function clientsTable(run: FullRun): string {
  const names = classNamesOf(run);
  return textTable(
    ['round', 'client', 'classes', ...['images', 'loss', 'precision', 'recall'].map(numeric), 'standing'],
    run.rounds.flatMap(({ round, clients, ledger }) =>
      clients.map(({ client, training, metrics }, i) => [
        i === 0 ? String(round) : '',
        String(client),
        classList(run.clients.find(({ id }) => id === client)?.classes ?? [], names),
        whole(training.examples),
        significant(training.lastLoss),
        metrics ? fraction(metrics.precision) : '–',
        metrics ? fraction(metrics.recall) : '–',
        standingIn(ledger, client) ?? '',
      ]),
    ),
  );
}
