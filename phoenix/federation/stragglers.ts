/** Clients that did not make a round's deadline. Pure. */

/** A client whose training was not through in time, and how far it had come. */
export interface LateClient {
  readonly client: number;
  /** Optimiser steps; `total` is 0 where nothing was heard of it. */
  readonly done: number;
  readonly total: number;
}

/** Type of the failure that a training ends with when its deadline is over; the failure's detail is its `Progress`. */
export const DEADLINE_PASSED = 'DeadlinePassed';

/**
 * The late clients that a round waits for, since `missing` results are wanted still: those that have done the largest
 * part (ties: the lowest id), ascending.
 */
export function awaitedClients(late: readonly LateClient[], missing: number): number[] {
  const part = ({ done, total }: LateClient): number => (total === 0 ? 0 : done / total);
  return late
    .toSorted((a, b) => part(b) - part(a) || a.client - b.client)
    .slice(0, Math.max(0, missing))
    .map(({ client }) => client)
    .toSorted((a, b) => a - b);
}
