/** The worker that runs workflows and the short steps around the training. */
import { fileURLToPath } from 'node:url';
import { createCpuActivities } from '../activities/cpu.ts';
import { resolveConnection } from '../infra/stack/connection.ts';
import { plainFingerprint } from '../phoenix/storage/fingerprint.ts';
import { CPU_QUEUE } from '../workflows/queues.ts';
import { patiently } from './patience.ts';
import { runWorker } from './run-worker.ts';
import { openWorkflows } from './server.ts';
import { openStore, stepContext } from './step-context.ts';

/**
 * Works on the CPU queue until `signal` is aborted.
 *
 * @throws NoStack
 */
export async function runOrchestratorWorker({ signal }: { readonly signal: AbortSignal }): Promise<void> {
  const store = openStore();
  const workflows = openWorkflows(resolveConnection());
  try {
    await patiently('the S3 store', signal, () => store.ensureBucket());
    await runWorker(signal, {
      taskQueue: CPU_QUEUE,
      activities: createCpuActivities(stepContext(store, plainFingerprint()), workflows),
      workflowBundle: { codePath: fileURLToPath(new URL('../workflow-bundle.js', import.meta.url)) },
    });
  } finally {
    store.close();
    await workflows.close();
  }
}
