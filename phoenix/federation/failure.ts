/** How a run ended, by the error that its workflow ended with. */
import type { RunFailure } from './records.ts';

/** What the step said that the run failed with, under all that was wrapped around it on the way. */
export function failureOf(error: unknown): RunFailure {
  if (!(error instanceof Error)) return { type: 'Error', message: String(error) };
  if (error.name !== 'ApplicationFailure' && error.cause !== undefined) return failureOf(error.cause);
  const { type } = error as { readonly type?: string | null };
  return { type: type ?? error.name, message: error.message };
}

const stopped: ReadonlySet<string> = new Set(['CancelledFailure', 'TerminatedFailure']);

/** @param error what whoever waited for the run has got: the reason is its cause */
export function endBy(error: Error): {
  readonly state: 'failed' | 'cancelled';
  readonly failure: RunFailure | null;
} {
  const reason = error.cause instanceof Error ? error.cause.name : error.name;
  return stopped.has(reason)
    ? { state: 'cancelled', failure: null }
    : { state: 'failed', failure: failureOf(error) };
}
