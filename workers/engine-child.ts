/**
 * The process in which a slot's steps run. It lives as long as its channel to the worker: a worker that is killed takes
 * it along as soon as the training step under way is done.
 */
import { gpuSteps, type AnyStep, type GpuStep } from '../activities/steps/gpu-steps.ts';
import { fingerprint } from '../phoenix/storage/fingerprint.ts';
import { EngineHost } from './engine-host.ts';
import { reportOf, type FromChild, type ToChild } from './engine-protocol.ts';
import { openStepContext } from './step-context.ts';

const send = (message: FromChild, sent?: () => void) => process.send?.(message, undefined, {}, sent);

process.on('disconnect', () => process.exit());
// Ctrl-C reaches the whole process group; the worker decides when its children end.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});

try {
  // Loaded here and not above, so that a missing native library is reported like any other error.
  const { compiledEngine } = await import('./compiled-engine.ts');
  const build = await import('../phoenix/engine/build.ts');
  const context = { ...openStepContext(fingerprint(build)), engine: compiledEngine() };
  // Requests are checked where they are made: the worker's activities know which request belongs to which step.
  const host = new EngineHost(gpuSteps as Record<GpuStep, AnyStep>, context, send);
  process.on('message', (message) => void host.receive(message as ToChild));
  send({ kind: 'ready' });
} catch (error) {
  send({ kind: 'failed', error: reportOf(error) }, () => process.exit(1));
}
