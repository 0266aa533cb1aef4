/** The process in which `phoenix metrics` computes. Arguments: the folder of its store, and the one for unfinished files. */
import { metricsSteps } from '../activities/steps/metrics-steps.ts';
import { fingerprint } from '../phoenix/storage/fingerprint.ts';
import { FolderStore } from '../phoenix/storage/folder-store.ts';
import { serveSteps } from './engine-process.ts';
import { afterDeadOwners } from './dead-owners.ts';
import { stepContext } from './step-context.ts';

const [folder, unfinished] = process.argv.slice(2);

await serveSteps(afterDeadOwners(metricsSteps), async () => {
  // Loaded here and not above, so that a missing native library is reported like any other error.
  const { compiledEngine } = await import('./compiled-engine.ts');
  const build = await import('../phoenix/engine/build.ts');
  const store = new FolderStore(folder!, unfinished!);
  return { ...stepContext(store, fingerprint(build)), engine: compiledEngine() };
});
