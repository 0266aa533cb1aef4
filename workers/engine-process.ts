/** What makes a process an engine child: it computes the steps that a worker, or the command line, tells it to. */
import type { AnyStep, StepBodies } from '../activities/steps/gpu-steps.ts';
import { EngineHost, type HostContext } from './engine-host.ts';
import { reportOf, type FromChild, type ToChild } from './engine-protocol.ts';

// To a worker that was killed nothing can be sent any more: that is no error of its own, `disconnect` ends the process.
const send = (message: FromChild, sent = () => {}) => process.send?.(message, undefined, {}, sent);

/**
 * Lives as long as the channel to its parent: a worker that is killed takes its children along as soon as the training step
 * under way is done.
 *
 * @param steps by name
 * @param open loads the engine and all that its steps need; what it throws is reported to the parent
 */
export async function serveSteps(steps: StepBodies, open: () => Promise<HostContext>): Promise<void> {
  process.on('disconnect', () => process.exit());
  // Ctrl-C reaches the whole process group; the worker decides when its children end.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});
  try {
    const context = await open();
    // Requests are checked where they are made: whoever asks a slot for a step knows which request belongs to it.
    const host = new EngineHost(steps as Record<string, AnyStep>, context, send);
    process.on('message', (message) => void host.receive(message as ToChild));
    send({ kind: 'ready', fingerprint: context.fingerprint });
  } catch (error) {
    send({ kind: 'failed', error: reportOf(error) }, () => process.exit(1));
  }
}
