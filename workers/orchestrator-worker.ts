/** The worker that runs workflows and the short steps around the training. */
import { fileURLToPath } from 'node:url';
import { createCpuActivities } from '../activities/cpu.ts';
import { resolveConnection } from '../infra/stack/connection.ts';
import { plainFingerprint } from '../phoenix/storage/fingerprint.ts';
import { CPU_QUEUE } from '../workflows/queues.ts';
import { openHistories } from './histories.ts';
import { patiently } from './patience.ts';
import { runWorker } from './run-worker.ts';
import { openStore, stepContext } from './step-context.ts';

/**
 * Works on the CPU queue until `signal` is aborted.
 *
 * @throws NoStack
 */
export async function runOrchestratorWorker({ signal }: { readonly signal: AbortSignal }): Promise<void> {
  const store = openStore();
  const histories = openHistories(resolveConnection());
  try {
    await patiently('the S3 store', signal, () => store.ensureBucket());
    await runWorker(signal, {
      taskQueue: CPU_QUEUE,
      activities: createCpuActivities({
        ...stepContext(store, plainFingerprint()),
        history: histories.history,
      }),
      workflowBundle: { codePath: fileURLToPath(new URL('../workflow-bundle.js', import.meta.url)) },
    });
  } finally {
    store.close();
    await histories.close();
  }
}
