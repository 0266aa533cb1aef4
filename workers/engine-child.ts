/**
 * The process in which a slot's steps run. It lives as long as its channel to the worker: a worker that is killed takes
 * it along as soon as the training step under way is done.
 *
 * Its one argument, if there is one, is the key of a finished step that is to be computed again: the store does not change then.
 */
import { gpuSteps, type AnyStep, type GpuStep } from '../activities/steps/gpu-steps.ts';
import { fingerprint } from '../phoenix/storage/fingerprint.ts';
import { withoutStep } from '../phoenix/storage/overlay.ts';
import { EngineHost } from './engine-host.ts';
import { reportOf, type FromChild, type ToChild } from './engine-protocol.ts';
import { openStore, stepContext } from './step-context.ts';

const [again] = process.argv.slice(2);
const send = (message: FromChild, sent?: () => void) => process.send?.(message, undefined, {}, sent);

process.on('disconnect', () => process.exit());
// Ctrl-C reaches the whole process group; the worker decides when its children end.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});

try {
  // Loaded here and not above, so that a missing native library is reported like any other error.
  const { compiledEngine } = await import('./compiled-engine.ts');
  const build = await import('../phoenix/engine/build.ts');
  const own = fingerprint(build);
  const store = again === undefined ? openStore() : await withoutStep(openStore(), again);
  const context = { ...stepContext(store, own), engine: compiledEngine() };
  // Requests are checked where they are made: the worker's activities know which request belongs to which step.
  const host = new EngineHost(gpuSteps as Record<GpuStep, AnyStep>, context, send);
  process.on('message', (message) => void host.receive(message as ToChild));
  send({ kind: 'ready', fingerprint: own });
} catch (error) {
  send({ kind: 'failed', error: reportOf(error) }, () => process.exit(1));
}
