/** What a step body may use. Workers put it together; tests put in their own engine, data and store. */
import type { DataSource } from '../../phoenix/data/data-source.ts';
import type { Blobs } from '../../phoenix/storage/blobs.ts';
import type { StepSite } from '../../phoenix/storage/steps.ts';
import type { Engine } from './engine.ts';

export interface StepContext extends StepSite {
  readonly blobs: Blobs;
  readonly data: DataSource;
  /** The secret seed of a step's noise: the same one at every attempt. */
  readonly noiseSeed: (step: string) => Promise<Uint8Array>;
}

/** How far a step has come: `done` of `total` training steps, samples or images. */
export interface Progress {
  readonly done: number;
  readonly total: number;
  /** Noise MSE or cross entropy of the newest training step. */
  readonly loss?: number;
}

/** For steps that need a device: they take long, so they say how far they are and can be stopped. */
export interface EngineContext extends StepContext {
  readonly engine: Engine;
  progress(progress: Progress): void;
  /** True once the worker wants the step to end; the step saves a checkpoint and throws `StepStopped`. */
  stopRequested(): boolean;
}

/** The step ended before its result, because it was asked to. What it had done is in its newest checkpoint. */
export class StepStopped extends Error {
  override readonly name = 'StepStopped';
  readonly step: string;
  readonly done: number;

  constructor(step: string, done: number) {
    super(`${step} stopped after ${done}; it goes on from its newest checkpoint`);
    this.step = step;
    this.done = done;
  }
}
