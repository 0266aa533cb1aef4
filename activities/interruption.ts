/** Why an activity was to stop before its end, as a failure that says what happens next. */
import { CancelledFailure, type Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';

/** A worker that shuts down hands its step on, and at once; every other interruption was asked for by the server. */
export function interruption({ cancellationSignal }: Context): Error {
  const reason: unknown = cancellationSignal.reason;
  const shutdown = reason instanceof Error && reason.message === 'WORKER_SHUTDOWN';
  if (!shutdown) return reason instanceof CancelledFailure ? reason : new CancelledFailure(String(reason));
  return ApplicationFailure.create({
    type: 'WorkerShutdown',
    message: 'the worker shuts down; the next free worker goes on from where it was',
    nextRetryDelay: 1,
  });
}
