/** Classes of the samples, the most frequent first, against the flat line of the test set (paper, figures 4 and 5). */
import type { Metrics } from '../../federation/metrics.ts';
import { classNamesOf, labelledBy } from '../format.ts';
import { lastMetrics, type Group, type Run } from '../groups.ts';
import { palette, type Chart, type Row } from './chart.ts';

/** Of one run: a bar for each class, by name. */
export function classesChart(run: Run): Chart | null {
  const metrics = lastMetrics(run);
  if (!metrics) return null;
  const names = classNamesOf(run);
  const even = 100 / metrics.classCounts.length;
  const rows = metrics.classCounts
    .map((count, label) => ({
      class: names[label] ?? String(label),
      count,
      share: (100 * count) / metrics.samples,
      testSet: even,
    }))
    .toSorted((a, b) => b.count - a.count);
  return {
    name: 'classes',
    title: 'Classes of the samples, the most frequent first',
    alt: `Shares of the samples: ${rows.map((row) => `${row.class} ${row.share.toFixed(1)} %`).join(', ')}; each class is ${even.toFixed(1)} % of the test set`,
    note: `${labelledBy(metrics)}. The dashed line is the test set, in which all classes are equally frequent.`,
    rows,
    spec: {
      width: 520,
      height: 200,
      encoding: {
        x: { field: 'class', type: 'nominal', title: null, sort: null, axis: { labelAngle: -35 } },
        y: { field: 'share', type: 'quantitative', title: '% of the samples' },
      },
      layer: [
        { mark: 'bar', encoding: { color: { value: palette[1] } } },
        {
          mark: { type: 'rule', strokeDash: [6, 4], strokeWidth: 2, color: 'currentColor' },
          encoding: { x: null, y: { field: 'testSet', aggregate: 'mean', type: 'quantitative' } },
        },
      ],
    },
  };
}

/** A line of a figure: a group of runs under the name that the legend has for it. */
export interface NamedGroup {
  readonly name: string;
  readonly group: Group;
  /** Its colour and shape: the same for the same thing in every panel. */
  readonly slot: number;
}

const TEST_SET = 'test set';

/** By rank, since every line has its own order of classes: shares in %, so that unlike numbers of samples can be compared. */
export function rankRows(lines: readonly NamedGroup[]): Row[] {
  const classes = Math.max(...lines.map(({ group }) => group.runs[0]!.metrics.classCounts.length));
  const flat = Array.from({ length: classes }, (_, i) => ({
    of: TEST_SET,
    rank: i + 1,
    share: 100 / classes,
    seeds: null,
  }));
  return [
    ...lines.flatMap(({ name, group: { runs } }) =>
      ranked(
        name,
        runs.map(({ metrics }) => metrics),
      ),
    ),
    ...flat,
  ];
}

/** Mean of the seeds, rank by rank. */
function ranked(name: string, seeds: readonly Metrics[]): Row[] {
  const shares = seeds.map(({ classCounts, samples }) =>
    classCounts.toSorted((a, b) => b - a).map((count) => (100 * count) / samples),
  );
  return shares[0]!.map((_, i) => ({
    of: name,
    rank: i + 1,
    share: shares.reduce((sum, own) => sum + own[i]!, 0) / seeds.length,
    seeds: seeds.length,
  }));
}

/** How one set of lines is drawn: each has a colour and a shape of its own, the test set is dashed. */
export function rankLines(lines: readonly NamedGroup[]): Record<string, unknown> {
  const domain = [...lines.map(({ name }) => name), TEST_SET];
  const colors = [...lines.map(({ slot }) => palette[slot % palette.length]), 'currentColor'];
  const shapes = [...lines.map(({ slot }) => SHAPES[slot % SHAPES.length]), 'stroke'];
  const of = { field: 'of', type: 'nominal', title: null, legend: { orient: 'bottom', columns: 2 } };
  return {
    encoding: {
      x: { field: 'rank', type: 'ordinal', title: 'class, by its rank', axis: { labelAngle: 0 } },
      y: { field: 'share', type: 'quantitative', title: '% of the samples' },
      color: { ...of, scale: { domain, range: colors } },
    },
    layer: [
      {
        mark: { type: 'line', strokeWidth: 2 },
        encoding: {
          strokeDash: { condition: { test: `datum.of === '${TEST_SET}'`, value: [6, 4] }, value: [1, 0] },
        },
      },
      {
        transform: [{ filter: `datum.of !== '${TEST_SET}'` }],
        mark: { type: 'point', filled: true, size: 55, opacity: 1 },
        encoding: { shape: { ...of, scale: { domain, range: shapes } } },
      },
    ],
  };
}

const SHAPES = ['circle', 'square', 'triangle-up', 'diamond', 'cross', 'triangle-down'];

/** What all lines have in common is said once. */
export function rankNote(lines: readonly NamedGroup[]): string {
  const measured = new Set(lines.map(({ group }) => labelledBy(group.runs[0]!.metrics)));
  const several = lines.some(({ group }) => group.runs.length > 1);
  return `${[...measured].join('. ')}. Each line has its own order of classes; the dashed line is the test set${several ? '. Means over the seeds, rank by rank' : ''}.`;
}

/** Of runs that are in none of the paper's figures. */
export function otherClasses(groups: readonly Group[]): Chart | null {
  if (groups.length === 0) return null;
  const lines = namedApart(groups.map((group, slot) => ({ name: group.cell, group, slot })));
  return {
    name: 'classes',
    title: 'Classes of the samples, the most frequent first',
    alt: `A line of falling shares of the classes for each of ${lines.map(({ name }) => name).join(', ')}; the test set is a flat line`,
    note: rankNote(lines),
    rows: rankRows(lines),
    spec: { width: 520, height: 220, ...rankLines(lines) },
  };
}

/** Groups of one cell differ in other settings: they have the names of their first runs as well. */
export const namedApart = (lines: readonly NamedGroup[]): NamedGroup[] =>
  lines.map((line) => ({
    ...line,
    name:
      lines.filter(({ name }) => name === line.name).length > 1
        ? `${line.name}, ${line.group.runs[0]!.run.run}`
        : line.name,
  }));
