/** The memorisation check of `phoenix metrics`: which generated images are near copies of training images, and a picture of them. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { FeatureNetworks } from '../activities/steps/settings.ts';
import type { Ref } from '../phoenix/federation/records.ts';
import type { Novelty } from '../phoenix/metrics/novelty.ts';
import { closestPairs } from '../phoenix/report/closest-pairs.ts';
import type { MetricsEngine } from './metrics-engine.ts';
import { featuresOf, trainingName } from './metrics-features.ts';
import type { Images } from './metrics-images.ts';

const PAIRS = 10;

export interface Suspects {
  readonly images: Images;
  /** Its training images may have been copied; its test images were held out. */
  readonly reference: Images;
  readonly networks: FeatureNetworks;
  /** Features of `images` and of the test images. */
  readonly fake: Ref;
  readonly real: Ref;
  readonly seed: number;
}

export interface FoundCopies extends Novelty {
  /** What was looked through, in words. */
  readonly training: string;
  /** Path of the PNG file. */
  readonly picture: string;
}

/** Writes `novelty.png` into the folder `out`. */
export async function findCopies(
  engine: MetricsEngine,
  { images, reference, networks, fake, real, seed }: Suspects,
  out: string,
): Promise<FoundCopies> {
  const training = await featuresOf(engine, reference, networks, 'train');
  const nearest = async (set: Ref, name: string) =>
    engine.run('nearestImages', { images: set, among: training }, `nearest training images of ${name}`);
  const [generated, heldOut] = [await nearest(fake, images.name), await nearest(real, reference.name)];
  const found = await engine.run('findCopies', { generated, heldOut, pairs: PAIRS, seed }, 'copies');
  const size = networks.imageSize;
  const [own, known] = [(await images.sets(size)).test, (await reference.sets(size)).train];
  const pixels = (set: Uint8Array, at: number) =>
    set.subarray(at * size * size * 3, (at + 1) * size * size * 3);
  const pairs = found.closest.map((pair) => ({
    generated: pixels(own.images, pair.generated),
    training: pixels(known.images, pair.training),
    distance: pair.distance,
  }));
  mkdirSync(out, { recursive: true });
  const picture = resolve(join(out, 'novelty.png'));
  writeFileSync(picture, await closestPairs(pairs, size));
  return { ...found, training: trainingName(reference), picture };
}
