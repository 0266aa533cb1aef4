/**
 * The stack while it runs: processes in stages, each stage started once the one before serves, and stopped in the
 * opposite order. The same class serves `phoenix start` in the foreground and `phoenix up` in the background.
 */
import { processIdentity } from './process-identity.ts';
import { readStack, writeStack, type StackState } from './state.ts';
import { SupervisedProcess, type ProcessEvent, type ProcessSpec } from './supervised-process.ts';

export class Supervisor {
  readonly #stateFolder: string;
  readonly #stages: readonly (readonly SupervisedProcess[])[];
  #stopped: Promise<void> | null = null;
  #startedStages = 0;

  /** @param stages what each stage needs is served by the stages before it */
  constructor(
    stateFolder: string,
    stages: readonly (readonly ProcessSpec[])[],
    report: (event: ProcessEvent) => void,
  ) {
    this.#stateFolder = stateFolder;
    const changed = (): void => this.#record({});
    this.#stages = stages.map((stage) => stage.map((spec) => new SupervisedProcess(spec, changed, report)));
  }

  /**
   * Returns when everything serves.
   * @throws ProcessFailed when something does not come to serve; everything is stopped again by then
   */
  async start(): Promise<void> {
    this.#record({ pid: process.pid, identity: processIdentity(process.pid) });
    try {
      for (const stage of this.#stages) {
        if (this.#stopped) return;
        this.#startedStages++;
        await Promise.all(stage.map((one) => one.start()));
      }
    } catch (error) {
      // A stop asked for in the middle of the start makes what is starting fail: that is no failure.
      if (this.#stopped) return;
      await this.stop();
      throw error;
    }
  }

  /** Stops what was started, the last stage first. */
  async stop(): Promise<void> {
    this.#stopped ??= this.#stopAll();
    await this.#stopped;
  }

  async #stopAll(): Promise<void> {
    for (const stage of this.#stages.slice(0, this.#startedStages).reverse()) {
      await Promise.all(stage.map((one) => one.stop()));
    }
    this.#record({ pid: null, identity: null });
  }

  #record(change: Partial<StackState>): void {
    const processes = this.#stages.flat().map((one) => one.record);
    writeStack(this.#stateFolder, { ...readStack(this.#stateFolder), ...change, processes });
  }
}
