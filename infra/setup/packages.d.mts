import type { PartState } from './cache.mjs';

/** Whether the node_modules of this checkout is what its package-lock.json names. */
export function stateOf(folder: string): PartState;
