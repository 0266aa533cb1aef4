/** `phoenix worker`: one worker, against the Temporal and the S3 that the environment or the local stack name. */
import { BadInput, explain } from './errors.ts';
import { interruption } from './interrupt.ts';

export async function worker(kind: string, { slots }: { slots: number }): Promise<never> {
  const run = workerOf(kind, slots);
  try {
    await run(interruption());
  } catch (error) {
    process.exitCode = explain(error);
  }
  // A native runtime that was loaded and never used keeps its process alive.
  process.exit();
}

function workerOf(kind: string, slots: number): (signal: AbortSignal) => Promise<void> {
  switch (kind) {
    case 'gpu':
      return async (signal) => (await import('../workers/gpu-worker.ts')).runGpuWorker({ slots, signal });
    case 'orchestrator':
      return async (signal) =>
        (await import('../workers/orchestrator-worker.ts')).runOrchestratorWorker({ signal });
    default:
      throw new BadInput(`there is no worker ${kind}; allowed: gpu, orchestrator`);
  }
}
