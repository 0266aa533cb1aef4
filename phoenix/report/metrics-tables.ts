/** Metrics of one set of images as text tables. */
import type { Distances, Metrics } from '../federation/metrics.ts';
import { classDistribution } from '../metrics/class-distribution.ts';
import type { ClientQuality } from '../metrics/client-fairness.ts';
import type { ClassQuality } from '../metrics/fairness.ts';
import type { Novelty } from '../metrics/novelty.ts';
import { classList, fraction, significant } from './format.ts';
import { numeric, textTable } from './tables.ts';

/** Both presets side by side, each figure with its interval or spread. */
export function metricsTable(metrics: Metrics): string {
  const { paper, inceptionScore, extractor } = metrics;
  const presets = [
    { title: `${extractor}, ${metrics.dimensions} dimensions`, figures: metrics },
    ...(paper ? [{ title: `paper’s preset, ${paper.dimensions}`, figures: paper }] : []),
  ];
  const row = (title: string, cell: (figures: Distances) => string) => [
    title,
    ...presets.map(({ figures }) => cell(figures)),
  ];
  const share = (name: 'precision' | 'recall' | 'density' | 'coverage') =>
    row(name, (figures) => within(fraction, figures[name], figures.intervals[name]));
  return textTable(
    ['', ...presets.map(({ title }) => title)],
    [
      row('FID', ({ fid, intervals }) => within(significant, fid, intervals.fid)),
      row('KID', ({ kid }) => `${significant(kid.mean)} ± ${significant(kid.std)}`),
      ...(['precision', 'recall', 'density', 'coverage'] as const).map(share),
      // Of the logits, and so of neither layer.
      [
        'Inception Score',
        `${inceptionScore.mean.toFixed(2)} ± ${inceptionScore.std.toFixed(2)}`,
        ...presets.slice(1).map(() => ''),
      ],
    ],
  );
}

/** What is to be borne in mind, a line each. */
export const warningLines = ({ warnings, paper }: Metrics): string[] =>
  [...new Set([...warnings, ...(paper?.warnings ?? [])])].map((warning) => `Warning: ${warning}`);

/** How often each class is, and how good and diverse its images are among themselves. */
export const classesTable = (classes: readonly ClassQuality[], names: readonly string[]): string =>
  textTable(
    ['class', ...['share', 'of real images', 'precision', 'recall'].map(numeric), ''],
    classes.map(({ label, share, precision, recall, reason }) => [
      names[label] ?? String(label),
      within(fraction, share.fake.value, share.fake.interval),
      fraction(share.real.value),
      precision ? fraction(precision.value) : '–',
      recall ? fraction(recall.value) : '–',
      reason ?? '',
    ]),
  );

/** Who names the classes, and how far they are from equally frequent. */
export function uniformityLine({ classCounts, labeller }: Metrics): string {
  const { distanceFromUniform, distanceByChance } = classDistribution(classCounts);
  return (
    `Classes as ${labeller} names them; distance from uniform ${fraction(distanceFromUniform)}, ` +
    `of which chance alone gives ${fraction(distanceByChance)}`
  );
}

/** Which client's classes are well served, and which badly. */
export const clientQualityTable = (clients: readonly ClientQuality[], names: readonly string[]): string =>
  textTable(
    ['client', 'classes', ...['mean share', 'of real images', 'precision', 'recall'].map(numeric)],
    clients.map(({ client, classes, share, precision, recall }) => [
      String(client),
      classList(classes, names),
      fraction(share.fake),
      fraction(share.real),
      precision === null ? '–' : fraction(precision),
      recall === null ? '–' : fraction(recall),
    ]),
  );

/** @param training what the nearest ones are looked for among */
export function noveltyLines({ medians, ratio, nearerThan }: Novelty, training: string): string[] {
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  return [
    `Distance to the nearest of ${training}, median: ${significant(medians.generated)}; of held-out images ` +
      significant(medians.heldOut),
    ratio
      ? `Ratio ${within(fraction, ratio.value, ratio.interval)}: about 1 for new images, towards 0 for copies`
      : 'No ratio: most of the held-out images are among the training images',
    `${percent(nearerThan.percentile1)} are nearer than 1 % of the held-out images are, ` +
      `${percent(nearerThan.percentile5)} nearer than 5 %`,
  ];
}

const within = (
  format: (value: number) => string,
  value: number,
  [low, high]: readonly [low: number, high: number],
): string => `${format(value)} (${format(low)} – ${format(high)})`;
