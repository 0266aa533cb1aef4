/** The engine child of `round` and `clients`: everything but the engine and the images is the real one's. */
import { gpuSteps } from '../../activities/steps/gpu-steps.ts';
import type { ImageSet, ImageSets } from '../../phoenix/data/image-set.ts';
import { plainFingerprint } from '../../phoenix/storage/fingerprint.ts';
import { serveSteps } from '../../workers/engine-process.ts';
import { openStore, stepContext } from '../../workers/step-context.ts';
import { idleEngine } from './idle-engine.ts';

const labels = (count: number): Uint8Array => Uint8Array.from({ length: count }, (_, image) => image % 10);

const black = (count: number, size: number): ImageSet => ({
  images: new Uint8Array(count * size * size * 3),
  labels: labels(count),
  count,
  size,
});

/** By size; as many images as there are indices in a partition of CIFAR-10. */
const sets = new Map<number, ImageSets>();

function blackSets(size: number): ImageSets {
  if (!sets.has(size)) sets.set(size, { train: black(50_000, size), test: black(10_000, size) });
  return sets.get(size)!;
}

await serveSteps(gpuSteps, async () => ({
  ...stepContext(openStore(), plainFingerprint()),
  data: { labels: () => labels(50_000), images: async (_, size) => blackSets(size) },
  engine: idleEngine(),
}));
