/** FID, Inception Score, precision and recall over α and β, the means of the seeds. */
import { canonicalJson } from '../../storage/canonical-json.ts';
import { measuredBy, significant } from '../format.ts';
import type { Group } from '../groups.ts';
import { figuresOf } from '../paper-tables.ts';
import type { Chart } from './chart.ts';

const PANELS = [
  { field: 'fid', title: 'FID (lower is better)', format: '.3r', isBetter: 'low' },
  { field: 'score', title: 'Inception Score', format: '.2f', isBetter: 'high' },
  { field: 'precision', title: 'precision', format: '.3f', isBetter: 'high' },
  { field: 'recall', title: 'recall', format: '.3f', isBetter: 'high' },
] as const;

/** From worse to better; black text is readable on both. */
const SHADES = ['#fbefe2', '#e8935a'];

/** Null where there are not two cells to compare. */
export function heatMap(groups: readonly Group[]): Chart | null {
  const cells = comparable(groups);
  if (cells.length < 2) return null;
  const rows = cells.map((group) => {
    const { alpha, beta } = group.runs[0]!.run.settings.data.sharing!;
    const { fid, score, precision, recall } = figuresOf(group);
    return {
      alpha,
      beta,
      fid: fid.mean,
      score: score.mean,
      precision: precision.mean,
      recall: recall.mean,
      seeds: group.runs.length,
    };
  });
  const { run, metrics } = cells[0]!.runs[0]!;
  return {
    name: 'alpha-beta',
    title: 'Data sharing: metrics by α and β',
    alt: rows
      .map(
        ({ alpha, beta, fid, score, precision, recall }) =>
          `α ${alpha}, β ${beta}: FID ${significant(fid)}, Inception Score ${significant(score)}, precision ${significant(precision)}, recall ${significant(recall)}`,
      )
      .join('; '),
    note: `${measuredBy(metrics)}. Cells differ in α and β alone and are otherwise trained as ${run.run}. Darker is better; cells without a run are empty.`,
    rows,
    spec: {
      concat: PANELS.map(({ field, title, format, isBetter }) => ({
        title,
        width: { step: 58 },
        height: { step: 34 },
        encoding: {
          x: { field: 'alpha', type: 'ordinal', title: 'α in %', axis: { labelAngle: 0 } },
          y: { field: 'beta', type: 'ordinal', title: 'β in %', sort: 'descending' },
        },
        layer: [
          {
            mark: 'rect',
            encoding: {
              color: {
                field,
                type: 'quantitative',
                legend: null,
                scale: { zero: false, range: isBetter === 'high' ? SHADES : SHADES.toReversed() },
              },
            },
          },
          { mark: { type: 'text', color: '#111' }, encoding: { text: { field, format } } },
        ],
      })),
      columns: 2,
      resolve: { scale: { color: 'independent' } },
    },
  };
}

/** The most groups that differ in α and β alone: others were trained or measured otherwise. */
function comparable(groups: readonly Group[]): Group[] {
  const alike = new Map<string, Group[]>();
  for (const group of groups) {
    const { run } = group.runs[0]!;
    const { name: _name, checkpoint: _checkpoint, seed: _seed, data, ...settings } = run.settings;
    if (!data.sharing) continue;
    const { alpha: _alpha, beta: _beta, ...sharing } = data.sharing;
    const key = canonicalJson({ settings, data: { ...data, sharing }, round: run.rounds.length });
    alike.set(key, [...(alike.get(key) ?? []), group]);
  }
  return [...alike.values()].reduce<Group[]>((most, some) => (some.length > most.length ? some : most), []);
}
