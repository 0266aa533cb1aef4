/** When each activity ran, for which client, and which of them were retried, went on from a checkpoint, or failed. */
import type { AuditedStep } from '../audit.ts';
import { palette, type Chart } from './chart.ts';

/** How a step came about, with the colour and the sign that it is drawn with. */
const KINDS = {
  computed: [palette[1], 'square'],
  reused: [palette[5], 'square'],
  retried: [palette[0], 'triangle-up'],
  recovered: [palette[2], 'diamond'],
  failed: [palette[3], 'cross'],
} as const;

type Kind = keyof typeof KINDS;

const order = Object.keys(KINDS) as Kind[];

/** More lanes than that nobody reads; those where something went wrong come first. */
const SHOWN = 30;
const SERVER = 'server';
/** Rounds that there is room for the numbers of. */
const NUMBERED = 12;

export function timeline(steps: readonly AuditedStep[]): Chart | null {
  const begun = new Set<number>();
  const rows = steps.flatMap(({ label, startedAt, endedAt, attempts, end, step }) => {
    if (startedAt === null || endedAt === null) return [];
    const round = Number(/^round (\d+)/.exec(label)?.[1] ?? 0);
    const opens = round > 0 && !begun.has(round) ? round : null;
    if (opens !== null) begun.add(opens);
    return [
      {
        step: label,
        lane: laneOf(label),
        from: startedAt,
        to: endedAt,
        attempts,
        how: how(end, attempts, step),
        // The round that begins with it.
        opens,
      },
    ];
  });
  if (rows.length === 0) return null;
  const troubles = rows.filter(({ how: own }) => own !== 'computed' && own !== 'reused');
  const lanes = [...new Set([SERVER, ...[...troubles, ...rows].map(({ lane }) => lane)])];
  const shown = lanes.slice(0, SHOWN).toSorted(byNumber);
  const every = Math.ceil(begun.size / NUMBERED);
  const numbered = [...begun].filter((_, k) => k % every === 0);
  const span =
    Date.parse(rows.map(({ to }) => to).reduce((a, b) => (a > b ? a : b))) - Date.parse(rows[0]!.from);
  const of = { field: 'how', type: 'nominal', title: null };
  return {
    name: 'timeline',
    title: 'Timeline of the steps',
    alt: `${rows.length} steps by the time in which they ran: ${order
      .map((kind) => `${rows.filter(({ how: own }) => own === kind).length} ${kind}`)
      .join(', ')}`,
    note:
      'Signs mark steps that were retried from their beginning, went on from a checkpoint, or failed; a bar is the last attempt. Times are UTC.' +
      (shown.length < lanes.length
        ? ` ${shown.length} of ${lanes.length} lanes, those with signs first.`
        : ''),
    rows,
    spec: {
      width: 620,
      height: { step: 18 },
      transform: [{ filter: { field: 'lane', oneOf: shown } }],
      encoding: {
        x: {
          field: 'from',
          type: 'temporal',
          title: null,
          scale: { type: 'utc' },
          axis: { format: clock(span), tickCount: 7, grid: false },
        },
        y: {
          field: 'lane',
          type: 'nominal',
          title: null,
          sort: shown,
          axis: { ticks: false, domain: false },
        },
      },
      layer: [
        {
          transform: [{ filter: 'datum.opens !== null' }],
          mark: { type: 'rule', opacity: 0.3, color: 'currentColor' },
          encoding: { y: null },
        },
        {
          transform: [
            { filter: { field: 'opens', oneOf: numbered } },
            { calculate: `(datum.opens === ${numbered[0] ?? 0} ? 'round ' : '') + datum.opens`, as: 'title' },
          ],
          mark: { type: 'text', align: 'left', dx: 3, dy: -6, fontSize: 10, color: 'currentColor' },
          encoding: { y: { value: 0 }, text: { field: 'title' } },
        },
        {
          mark: { type: 'bar', height: 10, minBandSize: 1 },
          encoding: {
            x2: { field: 'to' },
            color: { ...of, scale: { domain: order, range: order.map((kind) => KINDS[kind][0]) } },
          },
        },
        {
          transform: [{ filter: "datum.how !== 'computed' && datum.how !== 'reused'" }],
          mark: { type: 'point', filled: true, size: 60, opacity: 1, stroke: 'white', strokeWidth: 0.5 },
          encoding: {
            shape: { ...of, scale: { domain: order, range: order.map((kind) => KINDS[kind][1]) } },
            color: of,
          },
        },
      ],
    },
  };
}

/** How times are written on an axis of so many milliseconds. */
const clock = (span: number): string => (span < 6e5 ? '%H:%M:%S' : span < 8.64e7 ? '%H:%M' : '%d %b %H:%M');

/** The client that a step is of, by its label. */
const laneOf = (label: string): string => /\bclient \d+/.exec(label)?.[0] ?? SERVER;

/** The server, then clients by number. */
const byNumber = (a: string, b: string): number =>
  a === SERVER ? -1 : b === SERVER ? 1 : a.localeCompare(b, 'en', { numeric: true });

function how(end: AuditedStep['end'], attempts: number, step: AuditedStep['step']): Kind {
  if (end !== 'done') return 'failed';
  if (step && step.resumedFrom !== null) return 'recovered';
  if (attempts > 1) return 'retried';
  return step?.reused ? 'reused' : 'computed';
}
