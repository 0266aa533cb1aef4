/** Figures 4 and 5 of the paper: the classes of the samples in pairs of panels, with a line for each row of a table. */
import type { Group } from '../groups.ts';
import { paperTables } from '../paper-values.ts';
import type { Chart, Row } from './chart.ts';
import { namedApart, rankLines, rankNote, rankRows, type NamedGroup } from './classes.ts';

/** Tables whose rows are the lines of the left and of the right panel. */
const FIGURES = [
  { number: 4, tables: [1, 2] },
  { number: 5, tables: [3, 4] },
];

interface Panel {
  readonly title: string;
  readonly lines: readonly NamedGroup[];
}

/** Only what there are runs for: a figure may have one panel, or be missing. */
export const classPanels = (groups: readonly Group[]): Chart[] =>
  FIGURES.flatMap(({ number, tables }) => {
    const panels = tables.map((table) => panelOf(table, groups)).filter(({ lines }) => lines.length > 0);
    return panels.length > 0 ? [figure(number, panels)] : [];
  });

/** Groups that are in no panel. */
export function outsidePanels(groups: readonly Group[]): Group[] {
  const tables = FIGURES.flatMap((own) => own.tables);
  const cells = new Set(tables.flatMap((table) => tableOf(table).rows.map(({ cell }) => cell)));
  return groups.filter(({ cell }) => !cells.has(cell));
}

const tableOf = (table: number) => paperTables.find(({ number }) => number === table)!;

function panelOf(table: number, groups: readonly Group[]): Panel {
  const { title, rows } = tableOf(table);
  const lines = rows.flatMap((row, i) =>
    groups
      .filter(({ cell }) => cell === row.cell)
      .map((group, k) => ({ name: row.title, group, slot: i + k * rows.length })),
  );
  return { title, lines: namedApart(lines) };
}

function figure(number: number, panels: readonly Panel[]): Chart {
  const rows = panels.flatMap(({ title, lines }) =>
    rankRows(lines).map((row): Row => ({ panel: title, ...row })),
  );
  const words = panels.map(({ title, lines }) => `${title} (${lines.map(({ name }) => name).join('; ')})`);
  return {
    name: `figure-${number}`,
    title: `Figure ${number}: classes of the samples, the most frequent first`,
    alt: `Lines of the falling shares of the classes for ${words.join(' and for ')}; the test set is a flat line`,
    note: rankNote(panels.flatMap(({ lines }) => lines)),
    rows,
    spec: {
      hconcat: panels.map(({ title, lines }) => ({
        title,
        width: 300,
        height: 220,
        transform: [{ filter: { field: 'panel', equal: title } }],
        ...rankLines(lines),
      })),
      resolve: { scale: { color: 'independent', shape: 'independent', y: 'shared' } },
    },
  };
}
