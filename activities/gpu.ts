/**
 * Activities of the GPU queue. The steps themselves run in child processes, since the engine blocks its thread for
 * seconds; here, on the worker's own thread, they are watched: heartbeats out, cancellation in.
 */
import { Context, type Info } from '@temporalio/activity';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import type { Owner } from '../phoenix/storage/claim.ts';
import { failureOf } from './failures.ts';
import { ownerOf } from './owner.ts';
import type { Progress } from './steps/context.ts';
import type { GpuRequest, GpuResult, GpuStep } from './steps/gpu-steps.ts';

/** What the server shows of a running step, and the command line reads from it. */
export interface HeartbeatDetails extends Progress {
  readonly step: GpuStep;
  /** "round 2 · client 3 · train, 4,000 images" */
  readonly label: string;
}

export interface StepRun {
  readonly owner: Owner;
  readonly onProgress: (progress: Progress) => void;
  /** Aborted: save a checkpoint and stop. */
  readonly signal: AbortSignal;
}

/** As many places where a step can run as the worker takes activities at a time. */
export interface EngineSlots {
  /** Rejects with the step's own error, or with `EngineCrashed` when its process ends. */
  run<S extends GpuStep>(step: S, request: GpuRequest<S>, run: StepRun): Promise<GpuResult<S>>;
}

export type GpuActivities = {
  [S in GpuStep]: (request: GpuRequest<S>, label: string) => Promise<GpuResult<S>>;
};

const HEARTBEAT_MS = 1000;

export function createGpuActivities({ slots }: { slots: EngineSlots }): GpuActivities {
  const activity =
    <S extends GpuStep>(step: S) =>
    (request: GpuRequest<S>, label: string) =>
      watched(slots, step, request, label);
  return {
    trainClassifier: activity('trainClassifier'),
    referenceFeatures: activity('referenceFeatures'),
    train: activity('train'),
    generate: activity('generate'),
    measure: activity('measure'),
  };
}

async function watched<S extends GpuStep>(
  slots: EngineSlots,
  step: S,
  request: GpuRequest<S>,
  label: string,
): Promise<GpuResult<S>> {
  const context = Context.current();
  let details: HeartbeatDetails = { step, label, ...lastProgress(context.info) };
  const beat = () => context.heartbeat(details);
  beat();
  const timer = setInterval(beat, HEARTBEAT_MS);
  try {
    return await slots.run(step, request, {
      owner: ownerOf(context.info),
      signal: context.cancellationSignal,
      onProgress: (progress) => {
        details = { step, label, ...progress };
        beat();
      },
    });
  } catch (error) {
    throw context.cancellationSignal.aborted ? interruption(context) : failureOf(error);
  } finally {
    clearInterval(timer);
  }
}

/** An attempt that follows another one starts from where that was seen last, until it has news of its own. */
function lastProgress({ heartbeatDetails }: Info): Progress {
  const { done = 0, total = 0 } = (heartbeatDetails ?? {}) as Partial<HeartbeatDetails>;
  return { done, total };
}

/** A worker that shuts down hands its step on, and at once; every other interruption was asked for by the server. */
function interruption(context: Context): Error {
  const reason: unknown = context.cancellationSignal.reason;
  const shutdown = reason instanceof Error && reason.message === 'WORKER_SHUTDOWN';
  if (!shutdown) return reason instanceof CancelledFailure ? reason : new CancelledFailure(String(reason));
  return ApplicationFailure.create({
    type: 'WorkerShutdown',
    message: 'the worker shuts down; the step goes on from its checkpoint on the next free worker',
    nextRetryDelay: 1,
  });
}
