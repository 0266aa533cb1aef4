/** Servers that are away for a while are waited for. */
import { setTimeout as delay } from 'node:timers/promises';
import { isGrpcServiceError, ServiceError } from '@temporalio/client';
import { StoreUnreachable } from '../phoenix/storage/store-errors.ts';
import { TemporalUnreachable } from './temporal.ts';

/** Milliseconds between two looks, and how long a server may be away before following gives up. */
export const interval = 1000;
const patience = 60_000;

/**
 * Looks again and again until a server that restarts has answered.
 *
 * @param address Temporal's
 * @param say told once that it is waited for
 * @returns null once `signal` is aborted
 * @throws TemporalUnreachable, StoreUnreachable after a minute
 */
export async function patiently<T>(
  address: string,
  look: () => Promise<T>,
  signal: AbortSignal,
  say: (line: string) => void,
): Promise<T | null> {
  const deadline = performance.now() + patience;
  for (let tries = 1; !signal.aborted; tries++) {
    try {
      return await look();
    } catch (error) {
      const reason = unanswered(error, address);
      if (!reason) throw error;
      if (performance.now() > deadline) throw reason;
      if (tries === 1)
        say(`${'address' in reason ? 'Temporal' : 'The store'} does not answer: waiting for it`);
      await delay(interval, undefined, { signal }).catch(() => {});
    }
  }
  return null;
}

function unanswered(error: unknown, address: string): TemporalUnreachable | StoreUnreachable | null {
  if (error instanceof StoreUnreachable) return error;
  const isOfTemporal = error instanceof ServiceError || isGrpcServiceError(error);
  return isOfTemporal ? new TemporalUnreachable(address, error) : null;
}
