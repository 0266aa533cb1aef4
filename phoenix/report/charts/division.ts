/** Images that each client trains on, its own and those merged into them. */
import type { Run } from '../groups.ts';
import { classList, classNamesOf } from '../format.ts';
import type { Chart } from './chart.ts';

export function divisionChart(run: Run): Chart | null {
  const names = classNamesOf(run);
  const rows = run.clients.flatMap(({ id, classes, ownImages, sharedImages }) => [
    { client: id, images: ownImages, kind: 'own', classes: classList(classes, names) },
    ...(sharedImages > 0 ? [{ client: id, images: sharedImages, kind: 'shared', classes: 'all' }] : []),
  ]);
  if (rows.length === 0) return null;
  return {
    name: 'division',
    title: 'Images of each client',
    alt: 'A bar per client, as long as it has images: its own, and those of the shared set',
    rows,
    spec: {
      width: 460,
      mark: 'bar',
      encoding: {
        y: { field: 'client', type: 'ordinal' },
        x: { field: 'images', type: 'quantitative', axis: { tickCount: 5 } },
        color: { field: 'kind', type: 'nominal', title: null },
      },
    },
  };
}
