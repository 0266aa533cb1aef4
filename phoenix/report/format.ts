/** Numbers, times and classes as people read them. */
import type { Experiment } from '../config/schema.ts';
import { shapeOf } from '../data/data-set.ts';
import type { Metrics } from '../federation/metrics.ts';
import type { ClientRoundRecord, RunDocument, TrainingRecord } from '../federation/records.ts';

/** Names of the classes of a run's data set, by label. */
export const classNamesOf = ({ settings }: Pick<RunDocument, 'settings'>): readonly string[] =>
  shapeOf((settings as Experiment).data.source).classes;

export const classList = (classes: readonly number[], names: readonly string[]): string =>
  classes.length === names.length ? 'all' : classes.map((label) => names[label] ?? String(label)).join(', ');

/** Three significant digits, and never an exponent: FID and losses span many orders of magnitude. */
export function significant(value: number): string {
  if (!Number.isFinite(value)) return '–';
  const digits = value === 0 ? 2 : Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value.toFixed(Math.min(digits, 8));
}

/** Of a training that a target could end before its time; nothing for others. */
export const targetWords = ({ reached }: Pick<TrainingRecord, 'reached'>): string =>
  reached === undefined ? '' : `, target ${reached ? '' : 'not '}reached`;

/** Of 1: precision, recall, accuracy. */
export const fraction = (value: number): string => value.toFixed(3);

export const whole = (value: number): string => value.toLocaleString('en-US');

/** "1.23 MB", of 10⁶ bytes. */
export const megabytes = (bytes: number): string => `${significant(bytes / 1e6)} MB`;

/** "42 s", "2 min 05 s", "3 h 12 min"; from two days on "2 d 03 h", from a hundred on "2,153 d". */
export function duration(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const rounded = Math.round(seconds);
  if (rounded < 60) return `${rounded} s`;
  const two = (value: number): string => String(value).padStart(2, '0');
  if (rounded < 3600) return `${Math.floor(rounded / 60)} min ${two(rounded % 60)} s`;
  const hours = Math.floor(rounded / 3600);
  if (hours < 48) return `${hours} h ${two(Math.floor((rounded % 3600) / 60))} min`;
  const days = Math.floor(hours / 24);
  return days < 100 ? `${days} d ${two(hours % 24)} h` : `${whole(days)} d`;
}

/** "2026-11-23 14:05 UTC" of an ISO 8601 time. */
export const instant = (iso: string): string => `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;

/** Titles of `metricCells`. */
export const METRIC_TITLES = ['FID', 'FID (64)', 'IS', 'precision', 'recall'] as const;

/** Metrics as tables show them; dashes for what was not measured. */
export const metricCells = (metrics: Metrics | null): string[] =>
  metrics
    ? [
        significant(metrics.fid),
        metrics.paper ? significant(metrics.paper.fid) : '–',
        `${metrics.inceptionScore.mean.toFixed(2)} ± ${metrics.inceptionScore.std.toFixed(2)}`,
        fraction(metrics.precision),
        fraction(metrics.recall),
      ]
    : METRIC_TITLES.map(() => '–');

/**
 * A client in a round: images, steps, loss at first and at last, precision and recall; dashes for what was not measured,
 * and all of them for a client that was late.
 */
export const clientCells = (own: Pick<ClientRoundRecord, 'training' | 'metrics'> | null): string[] =>
  own
    ? [
        whole(own.training.examples),
        whole(own.training.steps),
        significant(own.training.firstLoss),
        significant(own.training.lastLoss),
        own.metrics ? fraction(own.metrics.precision) : '–',
        own.metrics ? fraction(own.metrics.recall) : '–',
      ]
    : Array<string>(6).fill('–');

/** What stands under every table of metrics: figures of two extractors, or of two layers, cannot be compared. */
export function seenThrough({ extractor, labeller, dimensions, paper }: Metrics): string {
  const narrow = paper ? `; FID (${paper.dimensions}) in ${paper.dimensions}` : '';
  const classes = labeller === extractor ? '' : `; classes named by ${labeller}`;
  return `Metrics in the features of ${extractor}, in ${dimensions} dimensions${narrow}${classes}`;
}

/** What stands under every figure of metrics. */
export const measuredBy = (metrics: Metrics): string =>
  `${seenThrough(metrics)}; ${whole(metrics.samples)} samples against ${whole(metrics.referenceImages)} test images`;

/** What stands under every figure of classes. */
export const labelledBy = ({ labeller, samples }: Metrics): string =>
  `Classes as ${labeller} sees them in ${whole(samples)} samples`;
