/** Rules of local training. */
import type { Problem } from '../explain.ts';
import type { Experiment } from '../schema.ts';
import { problem } from './problem.ts';

export function* training({ data, training }: Experiment): Generator<Problem> {
  const { schedule, steps, crop } = training;
  yield* oneDuration('training', training);
  if (steps !== null && schedule.warmupSteps >= steps) {
    const what = `${schedule.warmupSteps} of ${steps} steps leave none at the full rate`;
    yield problem('training.schedule.warmupSteps', what, steps === 1 ? '0' : `0 to ${steps - 1}`);
  }
  if (crop > data.imageSize / 2) {
    const what = `${crop} pixels of images of ${data.imageSize}`;
    yield problem('training.crop', what, `0 to ${data.imageSize / 2}`);
  }
}

export function* oneDuration(
  path: string,
  duration: { epochs: number | null; steps: number | null },
): Generator<Problem> {
  if (duration.epochs !== null && duration.steps !== null) {
    yield problem(`${path}.steps`, 'epochs are given too', 'either epochs or steps');
  }
}

/** A client takes one step, on all of its images and at the full rate. A warm-up trains as ever. */
export function* fedsgd({ data, training, federation }: Experiment): Generator<Problem> {
  if (federation.strategy.kind !== 'fedsgd') return;
  for (const length of ['epochs', 'steps'] as const) {
    if (training[length] === null) continue;
    yield problem(`training.${length}`, 'with fedsgd a client takes one step in a round', 'nothing');
  }
  const { kind, warmupSteps } = training.schedule;
  if (data.sharing === null && (kind !== 'constant' || warmupSteps > 0)) {
    yield problem('training.schedule', 'with fedsgd a client takes one step, at the full rate', 'nothing');
  }
}
