/** The same training in processes of its own: what comes out depends on neither the process nor what is said to it meanwhile. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { root } from '../helpers/stack.ts';

/**
 * A network large enough for TensorFlow to weigh what it keeps in memory, with which it would add up gradients in another order in each
 * process. Signals are handled on a thread that waits for the others: memory of matrix products under way must not suffer.
 */
const program = `
import { createHash } from 'node:crypto';
import { initialWeights } from '${root}/dist/phoenix/models/initial-weights.js';
import { DiffusionTrainer } from '${root}/dist/phoenix/models/trainer.js';
import { unetParameters } from '${root}/dist/phoenix/models/unet-parameters.js';
const model = {
  kind: 'unet', channels: [64, 128], layersPerBlock: 1, attention: [false, true], groups: 8, headChannels: null,
  normEpsilon: 1e-6, frequencyShift: 1, cosineFirst: false, downsamplePadding: 0,
};
const batchSize = 32;
const trainer = new DiffusionTrainer({
  model,
  diffusion: { steps: 50, schedule: 'cosine', betaStart: 1e-4, betaEnd: 0.02 },
  training: { batchSize, flip: true, crop: 0, clipNorm: null, precision: 'float32' },
  imageSize: 32,
});
trainer.setImages(Uint8Array.from({ length: batchSize * 32 * 32 * 3 }, (_, k) => (k * 37) % 256));
trainer.load(initialWeights(unetParameters(model), 11), null);
let signals = 0;
process.on('SIGTERM', () => signals++);
process.send('ready');
for (let step = 0; step < 2; step++) {
  trainer.step(Int32Array.from({ length: batchSize }, (_, k) => k), [77, step], 1e-3);
  await new Promise((resolve) => setTimeout(resolve, 5));
}
const hash = createHash('sha256');
for (const { data } of trainer.weights().values()) hash.update(data);
process.send({ hash: hash.digest('hex'), signals });
`;

interface Outcome {
  readonly hash: string;
  readonly signals: number;
}

/** @param signalEvery milliseconds between two SIGTERM while it trains */
async function train(signalEvery: number | null): Promise<Outcome> {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: join(root, 'dist'),
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const [ready] = (await once(child, 'message')) as unknown[];
  expect(ready).toBe('ready');
  const timer = signalEvery === null ? null : setInterval(() => child.kill('SIGTERM'), signalEvery);
  const [outcome] = (await once(child, 'message')) as [Outcome];
  clearInterval(timer ?? undefined);
  child.disconnect();
  child.kill('SIGKILL');
  return outcome;
}

it('gives the same bytes in each, also in one that is told to stop all the time', async () => {
  const alone = await train(null);
  expect((await train(null)).hash).toBe(alone.hash);
  const signalled = await train(2);
  expect(signalled.hash).toBe(alone.hash);
  expect(signalled.signals).toBeGreaterThan(1);
});
