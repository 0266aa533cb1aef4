/** The engine child of the benchmark `round`: everything but the engine and the images is the real one's. */
import type { ImageSet } from '../../phoenix/data/image-set.ts';
import { plainFingerprint } from '../../phoenix/storage/fingerprint.ts';
import { serveSteps } from '../../workers/engine-process.ts';
import { openStore, stepContext } from '../../workers/step-context.ts';
import { idleEngine } from './idle-engine.ts';

const black = (count: number, size: number): ImageSet => ({
  images: new Uint8Array(count * size * size * 3),
  labels: Uint8Array.from({ length: count }, (_, image) => image % 10),
  count,
  size,
});

await serveSteps(async () => ({
  ...stepContext(openStore(), plainFingerprint()),
  data: {
    labels: () => black(100, 1).labels,
    images: async (_, size) => ({ train: black(100, size), test: black(100, size) }),
  },
  engine: idleEngine(),
}));
