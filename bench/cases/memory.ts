/** Growth of resident memory, as a share of what it was: over many steps of one trainer, or over many trainers. */
import { experimentSchemas } from '../../phoenix/config/schema.ts';
import type { Setting } from '../benchmark.ts';
import type { Measured } from './measured.ts';
import { trainingSteps } from './train.ts';

/** A network so small that the steps take seconds; whatever leaks per step or per graph leaks here too. */
const TINY = experimentSchemas.unet.parse({
  name: 'bench',
  model: { channels: [16, 32], attention: [false, true], groups: 8, layersPerBlock: 1 },
}).model;
const BATCH = 8;
const SIZE = 16;
const FIRST_STEPS = 100;
const STEPS = 2000;
const TRAINERS = 20;
const STEPS_EACH = 5;

export function prepare({ part }: Setting): Measured {
  return { run: part === 'steps' ? overSteps : overTrainers };
}

function overSteps(): number {
  const { trainer, step } = trainingSteps(TINY, BATCH, SIZE);
  repeat(FIRST_STEPS, step);
  const growth = growthDuring(() => repeat(STEPS, step));
  trainer.dispose();
  return growth;
}

function overTrainers(): number {
  return growthDuring(() =>
    repeat(TRAINERS, () => {
      const { trainer, step } = trainingSteps(TINY, BATCH, SIZE);
      repeat(STEPS_EACH, step);
      trainer.dispose();
    }),
  );
}

function growthDuring(work: () => void): number {
  const before = process.memoryUsage.rss();
  work();
  return process.memoryUsage.rss() / before - 1;
}

function repeat(times: number, work: () => void): void {
  for (let k = 0; k < times; k++) work();
}
