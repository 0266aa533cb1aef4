/** Messages between a worker and the child process that computes for it. A child runs one step at a time. */
import type { Progress } from '../activities/steps/context.ts';
import type { Owner } from '../phoenix/storage/claim.ts';
import type { Fingerprint } from '../phoenix/storage/fingerprint.ts';

export type ToChild =
  | { readonly kind: 'run'; readonly step: string; readonly request: unknown; readonly owner: Owner }
  /** Save a checkpoint and end the step; the answer is `failed` with `StepStopped`. */
  | { readonly kind: 'stop' };

export type FromChild =
  /** The engine is loaded and the child takes steps. */
  | { readonly kind: 'ready'; readonly fingerprint: Fingerprint }
  | { readonly kind: 'progress'; readonly progress: Progress }
  | { readonly kind: 'done'; readonly result: unknown }
  | { readonly kind: 'failed'; readonly error: ErrorReport };

/** An error's name decides what is done about it, and structured cloning would lose it. */
export interface ErrorReport {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
}

export function reportOf(error: unknown): ErrorReport {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  return { name, message, stack };
}

export function errorFrom({ name, message, stack }: ErrorReport): Error {
  return Object.assign(new Error(message), { name, ...(stack !== undefined && { stack }) });
}
