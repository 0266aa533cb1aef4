/**
 * The process in which a slot's steps run. Its one argument, if there is one, is the key of a finished step that is to be
 * computed again: the store does not change then.
 */
import { gpuSteps } from '../activities/steps/gpu-steps.ts';
import { fingerprint } from '../phoenix/storage/fingerprint.ts';
import { withoutStep } from '../phoenix/storage/overlay.ts';
import { serveSteps } from './engine-process.ts';
import { openStore, stepContext } from './step-context.ts';

const [again] = process.argv.slice(2);

await serveSteps(gpuSteps, async () => {
  // Loaded here and not above, so that a missing native library is reported like any other error.
  const { compiledEngine } = await import('./compiled-engine.ts');
  const build = await import('../phoenix/engine/build.ts');
  const store = again === undefined ? openStore() : await withoutStep(openStore(), again);
  return { ...stepContext(store, fingerprint(build)), engine: compiledEngine() };
});
