/** The worker that trains, samples and measures. */
import { createGpuActivities } from '../activities/gpu.ts';
import { cifar10Folder } from '../phoenix/config/environment.ts';
import { loadCifar10 } from '../phoenix/data/cifar10.ts';
import { GPU_QUEUE } from '../workflows/queues.ts';
import { EnginePool } from './engine-pool.ts';
import { runWorker } from './run-worker.ts';

export interface GpuWorkerOptions {
  /** Steps that run at the same time, each in its own process. */
  readonly slots: number;
  /** Aborted: save checkpoints, hand steps on, end. */
  readonly signal: AbortSignal;
}

/**
 * Works on the GPU queue until `signal` is aborted. Data and native library are checked before any work is taken.
 *
 * @throws DataFileMissing, DataFileCorrupt, NoStack
 */
export async function runGpuWorker({ slots, signal }: GpuWorkerOptions): Promise<void> {
  loadCifar10(cifar10Folder());
  // The build turns every module into .js; only import specifiers are rewritten along with it.
  const pool = new EnginePool(slots, new URL('./engine-child.js', import.meta.url));
  try {
    await pool.start();
    await runWorker(signal, {
      taskQueue: GPU_QUEUE,
      activities: createGpuActivities({ slots: pool }),
      maxConcurrentActivityTaskExecutions: slots,
    });
  } finally {
    await pool.close();
  }
}
