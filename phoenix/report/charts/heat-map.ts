/** FID over α and β, the mean of the seeds. */
import type { Group } from '../groups.ts';
import { figuresOf } from '../paper-tables.ts';
import type { Chart } from './chart.ts';

/** Null where there are not two cells to compare. */
export function heatMap(groups: readonly Group[]): Chart | null {
  const rows = groups.flatMap((group) => {
    const { sharing } = group.runs[0]!.run.settings.data;
    return sharing ? [{ alpha: sharing.alpha, beta: sharing.beta, fid: figuresOf(group).fid.mean }] : [];
  });
  if (new Set(rows.map(({ alpha, beta }) => `${alpha} ${beta}`)).size < 2) return null;
  const x = { field: 'alpha', type: 'ordinal', title: 'α in %', axis: { labelAngle: 0 } };
  const y = { field: 'beta', type: 'ordinal', title: 'β in %', sort: 'descending' };
  const fid = { aggregate: 'mean', field: 'fid', type: 'quantitative' };
  return {
    name: 'alpha-beta',
    title: 'FID by α and β',
    alt: `FID for each α and β: ${rows.map((row) => `α ${row.alpha}, β ${row.beta}: ${row.fid.toPrecision(3)}`).join('; ')}`,
    rows,
    spec: {
      width: 320,
      height: 200,
      layer: [
        {
          mark: 'rect',
          encoding: { x, y, color: { ...fid, title: 'FID', scale: { scheme: 'oranges' } } },
        },
        { mark: { type: 'text', color: '#111' }, encoding: { x, y, text: { ...fid, format: '.3~g' } } },
      ],
    },
  };
}
