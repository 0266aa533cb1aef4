/** The results of one benchmark, as a table for people. */
import { numeric, textTable } from '../phoenix/report/tables.ts';
import type { Bar, Benchmark } from './benchmarks.ts';
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
  const hasLimit = bars.some(({ limit }) => limit !== undefined);
  const show = unit === 'seconds' ? duration : share;
  const spread = ({ median, quartiles }: Summary) => `${show(median)} (${quartiles.map(show).join(' – ')})`;
  return textTable(
    [
      'measured',
      numeric('ours (quartiles)'),
      ...(hasPeer ? ['peer (quartiles)', 'ratio', 'paired'].map(numeric) : []),
      numeric('memory'),
      ...(hasPeer ? [numeric('peer’s')] : []),
      ...(hasLimit ? [numeric('limit')] : []),
    ],
    bars.map(({ ours, peer, limit, ...bar }) => [
      label(bar),
      spread(ours),
      ...(peer ? [spread(peer), peer.ratio.toFixed(2), peer.pairedRatio.toFixed(2)] : []),
      gigabytes(ours.peakMemory),
      ...(peer ? [gigabytes(peer.peakMemory)] : []),
      ...(hasLimit ? [limit === undefined ? '' : `${show(limit)} ${ours.median <= limit ? '✓' : '✗'}`] : []),
    ]),
  );
}

const label = ({ model, batch, part }: Bar): string =>
  [model, batch && `batch ${batch}`, part].filter(Boolean).join(', ');

/** Seconds with three digits. */
const duration = (seconds: number): string =>
  seconds < 1 ? `${Number((seconds * 1000).toPrecision(3))} ms` : `${seconds.toPrecision(3)} s`;

const share = (value: number): string => `${(100 * value).toFixed(2)} %`;

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(2)} GB`;
