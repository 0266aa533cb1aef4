/** All slots of a worker. */
import type { EngineSlots, StepRun } from '../activities/gpu.ts';
import type { GpuRequest, GpuResult, GpuStep } from '../activities/steps/gpu-steps.ts';
import { EngineSlot } from './engine-slot.ts';

export class EnginePool implements EngineSlots {
  readonly #slots: readonly EngineSlot[];
  readonly #free: EngineSlot[];

  constructor(slots: number, entry: URL) {
    this.#slots = Array.from({ length: slots }, () => new EngineSlot(entry));
    this.#free = [...this.#slots];
  }

  /** Starts every child: a machine on which the engine does not load should not take any work. */
  async start(): Promise<void> {
    await Promise.all(this.#slots.map((slot) => slot.start()));
  }

  /** The slot that was used last goes first: it is the warmest. */
  async run<S extends GpuStep>(step: S, request: GpuRequest<S>, run: StepRun): Promise<GpuResult<S>> {
    const slot = this.#free.pop();
    if (!slot) throw new Error('the worker took more steps than it has slots');
    try {
      return await slot.run(step, request, run);
    } finally {
      this.#free.push(slot);
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#slots.map((slot) => slot.close()));
  }
}
