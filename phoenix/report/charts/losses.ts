/** Mean loss of each client's last steps in a round. */
import type { Run } from '../groups.ts';
import type { Chart } from './chart.ts';

export function lossesChart({ rounds }: Run): Chart | null {
  const rows = rounds.flatMap(({ round, clients }) =>
    clients.map(({ client, training: { firstLoss, lastLoss } }) => ({ round, client, firstLoss, lastLoss })),
  );
  if (rows.length === 0) return null;
  return {
    name: 'losses',
    title: 'Loss of each client',
    alt: 'A line per client: its loss at the end of its training in each round',
    rows,
    spec: {
      width: 520,
      height: 200,
      mark: { type: 'line', point: true },
      encoding: {
        x: { field: 'round', type: 'quantitative', axis: { tickMinStep: 1, format: 'd' } },
        y: { field: 'lastLoss', type: 'quantitative', title: 'loss at last', scale: { zero: false } },
        color: { field: 'client', type: 'nominal' },
      },
    },
  };
}
