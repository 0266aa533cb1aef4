/** A run as text tables, for the terminal. */
import { getBorderCharacters, table } from 'table';
import { epsilonColumn } from '../federation/privacy/describe.ts';
import type { FullRun, RunDocument } from '../federation/records.ts';
import { lateness, standingIn } from '../federation/standing.ts';
import { turnout } from '../federation/summary.ts';
import { trafficOf } from '../federation/traffic.ts';
import {
  classList,
  classNamesOf,
  fraction,
  megabytes,
  METRIC_TITLES,
  metricCells,
  significant,
  whole,
} from './format.ts';

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

const metricColumns = METRIC_TITLES.map(numeric);

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
      ...run.rounds.map(({ round, metrics, privacy, removed, ...clients }) => [
        String(round),
        turnout(clients),
        ...metricCells(metrics),
        ...epsilon.cell({ privacy }),
        removed.map((client) => `client ${client}`).join(', '),
      ]),
    ],
  );
}

/** One row per round and client that was to train in it. */
export function clientsTable(run: FullRun): string {
  const traffic = trafficOf(run);
  const names = classNamesOf(run);
  const classes = new Map(run.clients.map((own) => [own.id, classList(own.classes, names)]));
  return textTable(
    [
      'round',
      'client',
      'classes',
      ...['images', 'loss', 'precision', 'recall', 'down', 'up'].map(numeric),
      'standing',
    ],
    run.rounds.flatMap(({ round, clients, late, ledger }, at) => {
      const trained = new Map(
        clients.map(({ client, training, metrics }) => [
          client,
          [
            whole(training.examples),
            significant(training.lastLoss),
            metrics ? fraction(metrics.precision) : '–',
            metrics ? fraction(metrics.recall) : '–',
          ],
        ]),
      );
      const missed = new Map(late.map((own) => [own.client, lateness(own)]));
      return traffic[at]!.map(({ client, down, up }, i) => [
        i === 0 ? String(round) : '',
        String(client),
        classes.get(client) ?? '',
        ...(trained.get(client) ?? ['–', '–', '–', '–']),
        megabytes(down),
        megabytes(up),
        missed.get(client) ?? standingIn(ledger, client) ?? '',
      ]);
    }),
  );
}
