/** Servers may still be starting, or be on their way back, when a worker comes up. */
import { setTimeout } from 'node:timers/promises';
import { log } from './log.ts';

const PATIENCE_MS = 60_000;
const PAUSE_MS = 1000;

/**
 * Tries `attempt` until it succeeds, for a minute; then its last error is thrown. An abort ends the waiting: null.
 *
 * @param server whom it waits for, with the address: "Temporal at localhost:7233"
 */
export async function patiently<T>(
  server: string,
  signal: AbortSignal,
  attempt: () => Promise<T>,
): Promise<T | null> {
  const deadline = performance.now() + PATIENCE_MS;
  for (let tries = 1; ; tries++) {
    if (signal.aborted) return null;
    try {
      return await attempt();
    } catch (error) {
      if (performance.now() > deadline) throw error;
      if (tries === 1) {
        log.warn(`no answer from ${server} yet, trying for a minute: ${(error as Error).message}`);
      }
      await setTimeout(PAUSE_MS, undefined, { signal }).catch(() => {});
    }
  }
}
