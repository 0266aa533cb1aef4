/**
 * Training that can stop and go on at any step with the same bytes: batches and noise come from the step counter, and a
 * checkpoint holds all the rest (weights, optimiser state, losses so far). The clock decides when a checkpoint is
 * taken, never what is computed.
 */
import { setImmediate } from 'node:timers/promises';
import { stepsOfEpochs } from '../../phoenix/data/batches.ts';
import type { Tensors } from '../../phoenix/storage/safetensors.ts';
import type { Checkpoints } from '../../phoenix/storage/steps.ts';
import { StepStopped, type EngineContext } from './context.ts';
import type { Trainer } from './engine.ts';

export interface TrainingPlan {
  /** For messages: "train". */
  readonly name: string;
  /** What it starts from, unless there is a checkpoint. */
  readonly initial: () => Promise<Tensors>;
  readonly steps: number;
  /** Positions in the training set of the images that a step, from 0, sees. */
  readonly batch: (step: number) => Int32Array;
  readonly learningRate: (step: number) => number;
  /** Of all other randomness. */
  readonly seed: number;
  readonly checkpointSeconds: number;
  /** Whether it can end before the last step, given the losses of all steps so far: it looks at nothing else. */
  readonly isDone?: (losses: readonly number[]) => boolean;
}

/** Loss became infinite or not a number: with these settings training does not converge, however often it is tried. */
export class TrainingDiverged extends Error {
  override readonly name = 'TrainingDiverged';
  readonly step: number;

  constructor(step: number) {
    super(`the loss of training step ${step} is not finite; a lower training.learningRate may help`);
    this.step = step;
  }
}

/** How long to train: passes over the images, or optimiser steps. Exactly one is set. */
export interface TrainingLength {
  readonly epochs: number | null;
  readonly steps: number | null;
}

export function trainingSteps(
  { epochs, steps }: TrainingLength,
  examples: number,
  batchSize: number,
): number {
  if (steps !== null) return steps;
  if (epochs === null) throw new RangeError('training needs epochs or steps');
  return stepsOfEpochs(examples, batchSize, epochs);
}

/**
 * Trains to the end of the plan from the newest checkpoint, or from the plan's weights. Returns the losses of all steps.
 *
 * @throws StepStopped after saving a checkpoint, when a stop is requested; TrainingDiverged
 */
export async function trainThrough(
  context: Pick<EngineContext, 'progress' | 'stopRequested'>,
  checkpoints: Checkpoints,
  trainer: Trainer,
  plan: TrainingPlan,
): Promise<number[]> {
  const losses = await begin(checkpoints, trainer, plan);

  const clock = new CheckpointClock(plan.checkpointSeconds);
  const save = () =>
    clock.timed(() => checkpoints.save(losses.length, snapshot(trainer), { losses: [...losses] }));
  let saved = losses.length;
  while (losses.length < plan.steps && !plan.isDone?.(losses)) {
    if (context.stopRequested()) {
      if (losses.length > saved) await save();
      throw new StepStopped(plan.name, losses.length);
    }
    const step = losses.length;
    const loss = trainer.step(plan.batch(step), [plan.seed, step], plan.learningRate(step));
    if (!Number.isFinite(loss)) throw new TrainingDiverged(step);
    losses.push(loss);
    context.progress({ done: losses.length, total: plan.steps, loss });
    // The engine blocks its thread for the whole step: let messages in before the next one.
    await setImmediate();
    if (clock.due() && losses.length < plan.steps) {
      await save();
      saved = losses.length;
    }
  }
  return losses;
}

/** Loads the newest checkpoint, or what the plan starts from; nothing of it is held here afterwards. Returns the losses so far. */
async function begin(
  checkpoints: Checkpoints,
  trainer: Trainer,
  { initial }: TrainingPlan,
): Promise<number[]> {
  const newest = await checkpoints.load();
  if (!newest) {
    trainer.load(await initial(), null);
    return [];
  }
  trainer.load(part(newest.tensors, 'weights'), part(newest.tensors, 'optimizer'));
  return [...(newest.extra as { losses: number[] }).losses];
}

/**
 * Looks after each so many steps whether their mean loss is the target or less. Between two looks the answer is no, so that a
 * training that goes on from a checkpoint ends where an undisturbed one does.
 */
export const meanLossReached =
  ({ target, steps }: { readonly target: number; readonly steps: number }) =>
  (losses: readonly number[]): boolean =>
    losses.length > 0 && losses.length % steps === 0 && mean(losses.slice(-steps)) <= target;

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** Mean loss of the first and of the last tenth of the steps (at least one step each). */
export function lossEnds(losses: readonly number[]): { firstLoss: number; lastLoss: number } {
  const tenth = Math.max(1, Math.floor(losses.length / 10));
  return { firstLoss: mean(losses.slice(0, tenth)), lastLoss: mean(losses.slice(-tenth)) };
}

/**
 * Says when the next checkpoint is due, such that checkpoints take no more than 1/40 of the time, and otherwise that no more
 * than the interval is lost: from what one checkpoint holds until the next one is in the store. What one costs is the less
 * of the last two: a store that was slow once must not put the next one off, and with it what a kill would lose.
 */
export class CheckpointClock {
  readonly #milliseconds: number;
  /** When the newest one, or the work, was begun. */
  #begun = performance.now();
  #costs: readonly number[] = [];

  constructor(seconds: number) {
    this.#milliseconds = seconds * 1000;
  }

  due(): boolean {
    const cost = this.#costs.length === 0 ? 0 : Math.min(...this.#costs);
    return performance.now() - this.#begun >= Math.max(this.#milliseconds - cost, 40 * cost);
  }

  async timed(save: () => Promise<void>): Promise<void> {
    const start = performance.now();
    await save();
    this.#begun = start;
    this.#costs = [...this.#costs, performance.now() - start].slice(-2);
  }
}

function snapshot(trainer: Trainer): Tensors {
  const prefixed = (prefix: string, tensors: Tensors) =>
    [...tensors].map(([name, tensor]) => [`${prefix}/${name}`, tensor] as const);
  return new Map([...prefixed('weights', trainer.weights()), ...prefixed('optimizer', trainer.optimizer())]);
}

function part(tensors: Tensors, prefix: string): Tensors {
  return new Map(
    [...tensors]
      .filter(([name]) => name.startsWith(`${prefix}/`))
      .map(([name, tensor]) => [name.slice(prefix.length + 1), tensor]),
  );
}
