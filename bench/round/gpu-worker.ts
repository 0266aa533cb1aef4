/** The GPU worker of the benchmarks `round` and `clients`: the real one, but for what its engine children compute with. */
import { availableParallelism } from 'node:os';
import { createGpuActivities } from '../../activities/gpu.ts';
import { EnginePool } from '../../workers/engine-pool.ts';
import { runWorker } from '../../workers/run-worker.ts';
import { GPU_QUEUE } from '../../workflows/queues.ts';

/** One per core, as the peer has clients at a time. */
const slots = availableParallelism();

const stopping = new AbortController();
process.once('SIGTERM', () => stopping.abort());
// The build turns every module into .js; only import specifiers are rewritten along with it.
const pool = new EnginePool(slots, new URL('./engine-child.js', import.meta.url));
try {
  await pool.start();
  await runWorker(stopping.signal, {
    taskQueue: GPU_QUEUE,
    activities: createGpuActivities({ slots: pool }),
    maxConcurrentActivityTaskExecutions: slots,
  });
} finally {
  await pool.close();
}
process.exit();
