/** The child's side of the protocol: runs the step it is told to, says how far it is, stops when asked. */
import type { EngineContext } from '../activities/steps/context.ts';
import type { AnyStep } from '../activities/steps/gpu-steps.ts';
import { reportOf, type FromChild, type ToChild } from './engine-protocol.ts';

/** All that does not change from one step to the next. */
export type HostContext = Omit<EngineContext, 'owner' | 'progress' | 'stopRequested'>;

export class EngineHost {
  readonly #steps: Readonly<Record<string, AnyStep>>;
  readonly #context: HostContext;
  readonly #send: (message: FromChild) => void;
  #stopRequested = false;

  constructor(
    steps: Readonly<Record<string, AnyStep>>,
    context: HostContext,
    send: (message: FromChild) => void,
  ) {
    this.#steps = steps;
    this.#context = context;
    this.#send = send;
  }

  /** A stop that comes between two steps has missed its own and does not touch the next. */
  async receive(message: ToChild): Promise<void> {
    if (message.kind === 'stop') {
      this.#stopRequested = true;
      return;
    }
    this.#stopRequested = false;
    const context: EngineContext = {
      ...this.#context,
      owner: message.owner,
      progress: (progress) => this.#send({ kind: 'progress', progress }),
      stopRequested: () => this.#stopRequested,
    };
    try {
      this.#send({ kind: 'done', result: await this.#steps[message.step]!(context, message.request) });
    } catch (error) {
      this.#send({ kind: 'failed', error: reportOf(error) });
    }
  }
}
