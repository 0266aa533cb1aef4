/** `phoenix metrics`: what can be said of a folder of images, or of the final samples of a run, against real images. */
import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { deriveSeed } from '../phoenix/config/seeds.ts';
import type { Metrics } from '../phoenix/federation/metrics.ts';
import { clientQuality, type ClientQuality } from '../phoenix/metrics/client-fairness.ts';
import type { ClassQuality } from '../phoenix/metrics/fairness.ts';
import { sampleSizeWarning } from '../phoenix/metrics/sample-size.ts';
import { whole } from '../phoenix/report/format.ts';
import {
  classesTable,
  clientQualityTable,
  metricsTable,
  noveltyLines,
  uniformityLine,
  warningLines,
} from '../phoenix/report/metrics-tables.ts';
import { BadInput } from './errors.ts';
import { aborted, interruption } from './interrupt.ts';
import { printJson } from './json.ts';
import { MetricsEngine } from './metrics-engine.ts';
import { featuresOf, realFeatures } from './metrics-features.ts';
import { cifar10, imagesOfFolder, type Images } from './metrics-images.ts';
import { chooseNetworks, type NetworkOptions } from './metrics-networks.ts';
import { findCopies, type FoundCopies } from './metrics-novelty.ts';
import { measuredRun, type MeasuredRun } from './metrics-run.ts';

export interface MetricsOptions extends NetworkOptions {
  /** cifar10-test or a folder; nothing: a run's own test images, or CIFAR-10's. */
  readonly against?: string;
  readonly neighbours?: number;
  readonly novelty?: true;
  /** Where the picture of the closest pairs goes. */
  readonly out?: string;
  readonly json?: true;
}

/** All that `--json` prints. */
export interface Measured {
  readonly images: string;
  readonly against: string;
  readonly run: string | null;
  /** Side at which images were compared, in pixels. */
  readonly imageSize: number;
  readonly neighbours: number;
  readonly notes: readonly string[];
  readonly metrics: Metrics;
  readonly classes: readonly ({ readonly name: string } & ClassQuality)[];
  /** Null where nobody has clients with classes of these names. */
  readonly clients: readonly ClientQuality[] | null;
  readonly novelty: FoundCopies | null;
}

/** The jackknife needs two images in each of ten groups. */
const FEWEST = 20;
/** A folder has none of its own. */
const FOLDER = { seed: 0, evaluation: { neighbours: 3 } };

/**
 * Ctrl-C ends it at once, with exit code 130. What it had computed is remembered in the cache folder, and nothing else stays.
 *
 * @param wanted a folder, or else a run
 * @throws BadInput, UnusableImages, and what the steps throw
 */
export async function metrics(wanted: string, options: MetricsOptions): Promise<void> {
  const interrupted = interruption();
  const engine = new MetricsEngine();
  try {
    const measuring = mended(() => measure(engine, wanted, options));
    const measured = await Promise.race([measuring, aborted(interrupted).then(() => null)]);
    if (measured) print(measured, options);
  } finally {
    await engine.close();
    // Images may still be decoded, and nobody wants them.
    if (interrupted.aborted) process.exit(130);
  }
}

/** What is damaged in the cache folder has been set aside when that is noticed: the next attempt computes it again. */
async function mended<T>(work: () => Promise<T>): Promise<T> {
  for (const told = new Set<string>(); ;) {
    try {
      return await work();
    } catch (error) {
      const { name, message } = error as Error;
      if (!['CorruptObject', 'MissingObject'].includes(name) || told.has(message)) throw error;
      told.add(message);
      console.error(`${message}; it is computed again`);
    }
  }
}

async function measure(engine: MetricsEngine, wanted: string, options: MetricsOptions): Promise<Measured> {
  const run = isFolder(wanted) ? null : await measuredRun(engine, wanted);
  const images = run?.samples ?? (await imagesOfFolder(engine, resolve(wanted)));
  const reference = await referenceOf(engine, options.against, run);
  if (options.novelty && reference.training === 0)
    throw new BadInput(
      `--novelty needs the training images that belong to those of --against, and ${reference.name} has none`,
    );
  const networks = await chooseNetworks(engine, [images, reference], options, run);
  const { seed, evaluation } = run?.settings ?? FOLDER;
  const neighbours = options.neighbours ?? evaluation.neighbours;
  expectEnough([images, reference], neighbours);

  const [fake, real] = [
    await featuresOf(engine, images, networks.features),
    await realFeatures(engine, reference, networks.features),
  ];
  const sameClasses = String(reference.classes) === String(networks.classes);
  const { metrics: figures, classes } = await engine.run(
    'compare',
    {
      extractor: networks.features.extractor.kind,
      labeller: networks.labeller,
      classes: networks.classes.length,
      neighbours,
      // As the run's own measuring has it: the same samples give the same figures.
      seed: deriveSeed(seed, 'measure'),
      real,
      fake,
      labelled: sameClasses,
      labels: networks.labels && {
        real: await featuresOf(engine, reference, networks.labels),
        fake: await featuresOf(engine, images, networks.labels),
      },
    },
    'metrics',
  );
  const size = networks.features.imageSize;
  return {
    images: images.name,
    against: reference.name,
    run: run?.run ?? null,
    imageSize: size,
    neighbours,
    notes: [...reductions([images, reference], size), ...smallReference(figures)],
    metrics: figures,
    classes: classes.map((quality) => ({ name: networks.classes[quality.label]!, ...quality })),
    clients:
      run && String(run.data.classes) === String(networks.classes)
        ? clientQuality(run.clients, classes)
        : null,
    novelty: options.novelty
      ? await findCopies(
          engine,
          { images, reference, networks: networks.features, fake, real, seed },
          options.out ?? '.',
        )
      : null,
  };
}

/** @throws BadInput for a file, which is neither a folder nor a run */
function isFolder(path: string): boolean {
  if (!existsSync(path)) return false;
  if (!statSync(path).isDirectory())
    throw new BadInput(`${path} is a file; a folder of images or a run can be measured`);
  return true;
}

async function referenceOf(
  engine: MetricsEngine,
  against: string | undefined,
  run: MeasuredRun | null,
): Promise<Images> {
  if (against === undefined) return run?.data ?? cifar10;
  if (isFolder(against)) return imagesOfFolder(engine, resolve(against));
  if (against === cifar10.name) return cifar10;
  throw new BadInput(
    `--against: there is no folder ${against}; supported: ${cifar10.name} or a folder of images`,
  );
}

function expectEnough(sets: readonly Images[], neighbours: number): void {
  const fewest = Math.max(FEWEST, neighbours + 1);
  const few = sets.find(({ count }) => count < fewest);
  if (few) throw new BadInput(`${few.name} has ${few.count} images; measuring takes ${fewest} or more`);
}

const reductions = (sets: readonly Images[], size: number): string[] =>
  sets
    .filter(({ largest }) => largest > size)
    .map(({ name, largest }) => `Images of ${name} are reduced from ${largest} to ${size} × ${size} pixels`);

/** The metrics' own warnings are about the samples. */
const smallReference = ({ referenceImages, dimensions, paper }: Metrics): string[] =>
  [dimensions, ...(paper ? [paper.dimensions] : [])]
    .map((layer) => sampleSizeWarning(referenceImages, layer))
    .filter((warning) => warning !== null)
    .map((warning) => `Warning, of the images measured against: ${warning}`);

function print(measured: Measured, { json }: MetricsOptions): void {
  if (json) return printJson(measured);
  const { images, against, imageSize, notes, metrics: figures, classes, clients } = measured;
  const names = classes.map(({ name }) => name);
  console.log(
    `\n${images}: ${whole(figures.samples)} images, against ${whole(figures.referenceImages)} of ${against}, ` +
      `at ${imageSize} × ${imageSize} pixels`,
  );
  for (const note of notes) console.log(note);
  console.log(`\n${metricsTable(figures)}`);
  for (const warning of warningLines(figures)) console.log(warning);
  console.log(`\n${uniformityLine(figures)}\n\n${classesTable(classes, names)}`);
  if (clients) console.log(clientQualityTable(clients, names));
  if (!measured.novelty) return;
  for (const line of noveltyLines(measured.novelty, measured.novelty.training)) console.log(line);
  console.log(`Closest pairs  ${measured.novelty.picture}`);
}
