/** The results of one benchmark, as a table for people. */
import { numeric, textTable } from '../phoenix/report/tables.ts';
import type { Bar, Benchmark, Unit } from './benchmark.ts';
import type { Comparison, Summary } from './statistics.ts';

export interface SideResult extends Summary {
  /** Largest resident memory of the process, bytes. */
  readonly peakMemory: number;
}

export interface BarResult extends Bar {
  readonly ours: SideResult;
  readonly peer: (SideResult & Comparison) | null;
}

/** One row per bar: median and quartiles of each side, ours over the peer's, peak memory, and whether the limit holds. */
export function resultTable(unit: Benchmark['unit'], bars: readonly BarResult[]): string {
  const hasPeer = bars.some(({ peer }) => peer !== null);
  const hasLimit = bars.some(({ limit, ratioLimit }) => limit !== undefined || ratioLimit !== undefined);
  const spread = ({ median, quartiles }: Summary, show: (value: number) => string) =>
    `${show(median)} (${quartiles.map(show).join(' – ')})`;
  return textTable(
    [
      'measured',
      numeric('ours (quartiles)'),
      ...(hasPeer ? ['peer (quartiles)', 'ratio', 'paired'].map(numeric) : []),
      numeric('memory'),
      ...(hasPeer ? [numeric('peer’s')] : []),
      ...(hasLimit ? [numeric('limit')] : []),
    ],
    bars.map(({ ours, peer, limit, ratioLimit, ...bar }) => {
      const show = shown[bar.unit ?? unit];
      return [
        label(bar),
        spread(ours, show),
        ...(peer ? [spread(peer, show), peer.ratio.toFixed(2), peer.pairedRatio.toFixed(2)] : []),
        gigabytes(ours.peakMemory),
        ...(peer ? [gigabytes(peer.peakMemory)] : []),
        ...(hasLimit
          ? [[kept(limit, show, ours.median), kept(ratioLimit, times, peer?.ratio)].join('')]
          : []),
      ];
    }),
  );
}

/** A limit, and whether the value keeps it; without either there is nothing to say. */
const kept = (
  limit: number | undefined,
  show: (limit: number) => string,
  value: number | undefined,
): string =>
  limit === undefined || value === undefined ? '' : `${show(limit)} ${value <= limit ? '✓' : '✗'}`;

const label = ({ model, batch, part, parameters }: Bar): string =>
  [model, batch && `batch ${batch}`, part, parameters && `${Math.round((4 * parameters) / 1e6)} MB`]
    .filter(Boolean)
    .join(', ');

const times = (ratio: number): string => `ratio ${ratio}`;

/** Seconds with three digits. */
const duration = (seconds: number): string =>
  seconds < 1 ? `${Number((seconds * 1000).toPrecision(3))} ms` : `${seconds.toPrecision(3)} s`;

const share = (value: number): string => `${(100 * value).toFixed(2)} %`;

const count = (value: number): string => value.toLocaleString('en-US', { maximumFractionDigits: 3 });

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(2)} GB`;

const shown: Readonly<Record<Unit, (value: number) => string>> = {
  seconds: duration,
  share,
  count,
  bytes: gigabytes,
};
