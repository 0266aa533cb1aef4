/** Loss of each client at the end of its training in a round, their range and their mean. */
import { significant } from '../format.ts';
import type { Run } from '../groups.ts';
import { byRound, palette, type Chart } from './chart.ts';

/** With more clients than that, their lines are a surface. */
const SINGLE_LINES = 20;

export function lossesChart({ rounds, settings }: Run): Chart | null {
  const rows = rounds.flatMap(({ round, clients }) =>
    clients.map(({ client, training: { firstLoss, lastLoss } }) => ({ round, client, firstLoss, lastLoss })),
  );
  if (rows.length === 0) return null;
  const loss =
    settings.model.kind === 'dcgan'
      ? 'Cross entropy of the generator'
      : 'Mean squared error of the predicted noise';
  const term = settings.federation.strategy.kind === 'fedprox' ? ' and the proximal term' : '';
  const means = rounds.map(({ meanLoss }) => significant(meanLoss)).join(', ');
  const several = new Set(rows.map(({ client }) => client)).size;
  const y = { field: 'lastLoss', type: 'quantitative', title: 'loss at last', scale: { zero: false } };
  const [color, accent] = [{ value: palette[1] }, { value: palette[0] }];
  const single = {
    mark: { type: 'line', opacity: 0.55, strokeWidth: 1 },
    encoding: { detail: { field: 'client' }, color },
  };
  const range = [
    {
      mark: { type: 'area', opacity: 0.15 },
      encoding: { y: { ...y, aggregate: 'min' }, y2: { field: 'lastLoss', aggregate: 'max' }, color },
    },
    ...(several <= SINGLE_LINES ? [single] : []),
  ];
  return {
    name: 'losses',
    title: 'Loss of the clients',
    alt: `Loss at the end of local training, by round; the clients’ means are ${means}`,
    note: `${loss}${term}: the mean of the last tenth of a client’s steps of a round${several > 1 ? '. A thin line is a client, the surface their range, the thick line their mean' : ''}.`,
    rows,
    spec: {
      width: 520,
      height: 200,
      encoding: { x: byRound, y },
      layer: [
        ...(several > 1 ? range : []),
        {
          mark: { type: 'line', strokeWidth: 3, point: { size: 50 } },
          encoding: { y: { ...y, aggregate: 'mean' }, color: accent },
        },
      ],
    },
  };
}
