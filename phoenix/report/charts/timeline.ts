/** When each activity ran, and which of them were retried, went on from a checkpoint, or failed. */
import type { AuditedStep } from '../audit.ts';
import type { Chart } from './chart.ts';

export function timeline(steps: readonly AuditedStep[]): Chart | null {
  const rows = steps.flatMap(({ label, startedAt, endedAt, attempts, end, step }) =>
    startedAt !== null && endedAt !== null
      ? [{ step: label, from: startedAt, to: endedAt, attempts, how: how(end, attempts, step) }]
      : [],
  );
  if (rows.length === 0) return null;
  const order = ['computed', 'reused', 'retried', 'recovered', 'failed'];
  return {
    name: 'timeline',
    title: 'Timeline of the steps',
    alt: `${rows.length} steps by the time in which they ran: ${order
      .map((kind) => `${rows.filter(({ how: own }) => own === kind).length} ${kind}`)
      .join(', ')}`,
    rows,
    spec: {
      width: 520,
      height: Math.max(120, Math.min(900, rows.length * 6)),
      transform: [{ window: [{ op: 'row_number', as: 'row' }], sort: [{ field: 'from' }] }],
      mark: { type: 'bar', height: 4, minBandSize: 2 },
      encoding: {
        y: { field: 'row', type: 'quantitative', axis: null, scale: { reverse: true } },
        x: { field: 'from', type: 'temporal', title: null },
        x2: { field: 'to' },
        color: { field: 'how', type: 'nominal', title: null, scale: { domain: order } },
      },
    },
  };
}

function how(end: AuditedStep['end'], attempts: number, step: AuditedStep['step']): string {
  if (end !== 'done') return 'failed';
  if (step && step.resumedFrom !== null) return 'recovered';
  if (attempts > 1) return 'retried';
  return step?.reused ? 'reused' : 'computed';
}
