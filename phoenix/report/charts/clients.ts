/** Precision and recall of each client's own model, with its warnings and its removal. */
import { whole } from '../format.ts';
import type { Run } from '../groups.ts';
import type { Chart } from './chart.ts';

/** Cells that there is room for: rounds, the last ones, and clients, those with warnings first. */
const ROUNDS = 20;
const CLIENTS = 30;

export function clientsChart({ rounds }: Run): Chart | null {
  const rows = rounds.flatMap(({ round, clients, poor, removed }) =>
    clients.flatMap(({ client, metrics }) => {
      const standing = removed.includes(client) ? 'removed' : poor.includes(client) ? 'warned' : 'good';
      return metrics
        ? (['precision', 'recall'] as const).map((metric) => ({
            round,
            client,
            metric,
            value: metrics[metric],
            standing,
            samples: metrics.samples,
          }))
        : [];
    }),
  );
  if (rows.length === 0) return null;
  const marks = (standing: string) =>
    rows.filter((row) => row.metric === 'precision' && row.standing === standing);
  const [warned, removed] = [marks('warned'), marks('removed')];
  const shown = {
    round: [...new Set(rows.map(({ round }) => round))].slice(-ROUNDS),
    client: [...new Set([...removed, ...warned, ...rows].map(({ client }) => client))].slice(0, CLIENTS),
  };
  const isShown = ({ round, client }: { round: number; client: number }): boolean =>
    shown.round.includes(round) && shown.client.includes(client);
  const x = { field: 'round', type: 'ordinal', axis: { labelAngle: 0, ticks: false, domain: false } };
  const y = { field: 'client', type: 'ordinal', axis: { ticks: false, domain: false } };
  return {
    name: 'clients',
    title: 'Precision and recall of each client',
    alt: `A cell per client and round; warnings: ${warned.length}; removed: ${removed.map(({ client, round }) => `client ${client} after round ${round}`).join(', ') || 'nobody'}`,
    note:
      `Of ${whole(rows[0]!.samples)} samples of each client’s own model, after its training. A triangle is a warning, a cross a removal; ` +
      `clients that took no part have no cell.${rows.every(isShown) ? '' : ` Shown are ${shown.client.length} clients, those with warnings first, and the last ${shown.round.length} rounds.`}`,
    rows,
    spec: {
      transform: [
        { filter: { field: 'client', oneOf: shown.client } },
        { filter: { field: 'round', oneOf: shown.round } },
      ],
      facet: {
        field: 'metric',
        type: 'nominal',
        title: null,
        header: { labelFontSize: 12, labelFontWeight: 'bold' },
      },
      columns: 1,
      spec: {
        width: { step: 50 },
        height: { step: 20 },
        encoding: { x, y },
        layer: [
          {
            mark: { type: 'rect', cornerRadius: 2, xOffset: 1, x2Offset: -1, yOffset: 1, y2Offset: -1 },
            encoding: {
              color: {
                field: 'value',
                type: 'quantitative',
                title: null,
                scale: { domainMin: 0, range: ['#eef4fa', '#9cc5e6'] },
                legend: null,
              },
            },
          },
          {
            mark: { type: 'text', color: '#111', xOffset: -7 },
            encoding: { text: { field: 'value', type: 'quantitative', format: '.2f' } },
          },
          {
            transform: [{ filter: "datum.standing !== 'good'" }],
            mark: { type: 'point', filled: true, size: 60, opacity: 1, xOffset: 15 },
            encoding: {
              shape: {
                field: 'standing',
                type: 'nominal',
                title: null,
                scale: { domain: ['warned', 'removed'], range: ['triangle-up', 'cross'] },
              },
              // Readable on cells, and on both grounds in the legend.
              color: { value: '#b8460a' },
            },
          },
        ],
      },
    },
  };
}
