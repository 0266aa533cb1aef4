/** The steps of one workflow: each leaves its trace, and all of them can be paused, which saves checkpoints. */
import {
  ActivityFailure,
  CancelledFailure,
  CancellationScope,
  condition,
  isCancellation,
} from '@temporalio/workflow';
import type { CpuActivities } from '../activities/cpu.ts';
import type { GpuActivities } from '../activities/gpu.ts';
import type { Outcome, StepRecord } from '../phoenix/federation/records.ts';
import { cpu, gpu } from './proxies.ts';

type StepsOf<Activities> = {
  [S in keyof Activities]: Activities[S] extends (...args: never[]) => Promise<Outcome<unknown>> ? S : never;
}[keyof Activities];
type GpuStep = StepsOf<GpuActivities>;
type CpuStep = StepsOf<CpuActivities>;
type Request<Step> = Step extends (request: infer R, ...rest: never[]) => unknown ? R : never;
type Result<Step> = Step extends (...args: never[]) => Promise<Outcome<infer R>> ? R : never;

/** What the parts of a run ask for steps, whoever has them done: `phoenix plan` has its own. */
export type StepRunner = Pick<Steps, 'gpu' | 'cpu' | 'together' | 'records'>;

export class Steps {
  #paused: boolean;
  readonly #open = new Set<CancellationScope>();
  readonly #records: (StepRecord | null)[] = [];

  constructor(paused = false) {
    this.#paused = paused;
  }

  get paused(): boolean {
    return this.#paused;
  }

  /** Steps under way save a checkpoint and stop; they go on from it once this is false again. */
  set paused(paused: boolean) {
    this.#paused = paused;
    if (paused) this.#open.forEach((scope) => scope.cancel());
  }

  whenRunning(): Promise<void> {
    return condition(() => !this.#paused);
  }

  /** Of all steps that have ended, in the order in which they were scheduled. */
  get records(): StepRecord[] {
    return this.#records.filter((record) => record !== null);
  }

  /** @param deadline seconds from its start, which a pause puts off: then it starts once more */
  gpu<S extends GpuStep>(
    step: S,
    label: string,
    request: Request<GpuActivities[S]>,
    deadline: number | null = null,
  ): Promise<Result<GpuActivities[S]>> {
    return this.#run(label, () => gpu(step, label, request as never, deadline)) as Promise<
      Result<GpuActivities[S]>
    >;
  }

  cpu<S extends CpuStep>(
    step: S,
    label: string,
    request: Request<CpuActivities[S]>,
  ): Promise<Result<CpuActivities[S]>> {
    return this.#run(label, () => cpu(step, label, request as never)) as Promise<Result<CpuActivities[S]>>;
  }

  /**
   * Like `Promise.all`, but nothing goes on when it has ended: the first failure cancels the other tasks, which save
   * their checkpoints.
   */
  together<T>(tasks: readonly (() => Promise<T>)[]): Promise<T[]> {
    return CancellationScope.cancellable(async () => {
      const scope = CancellationScope.current();
      const failures: unknown[] = [];
      const running = tasks.map(async (task) => {
        try {
          return await task();
        } catch (error) {
          failures.push(error);
          scope.cancel();
          throw error;
        }
      });
      await Promise.allSettled(running);
      if (failures.length > 0) throw failures[0];
      return Promise.all(running);
    });
  }

  async #run(label: string, schedule: () => Promise<unknown>): Promise<unknown> {
    const place = this.#records.push(null) - 1;
    for (;;) {
      await this.whenRunning();
      const scope = new CancellationScope();
      this.#open.add(scope);
      try {
        const { result, step } = (await scope.run(schedule)) as Outcome<unknown>;
        this.#records[place] = { label, ...step };
        return result;
      } catch (error) {
        if (!scope.consideredCancelled || !wasInterrupted(error)) throw error;
        if (CancellationScope.current().consideredCancelled)
          throw new CancelledFailure(`${label}: cancelled`);
      } finally {
        this.#open.delete(scope);
      }
    }
  }
}

/** A worker that was lost, or stopped, before it could answer is no failure of a step that was to stop anyway. */
const wasInterrupted = (error: unknown): boolean =>
  isCancellation(error) || (error instanceof ActivityFailure && error.retryState === 'CANCEL_REQUESTED');
