/**
 * Activities of the GPU queue. The steps themselves run in child processes, since the engine blocks its thread for
 * seconds; here, on the worker's own thread, they are watched: heartbeats out, cancellation in.
 */
import { Context, type Info } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { DEADLINE_PASSED } from '../phoenix/federation/stragglers.ts';
import type { Owner } from '../phoenix/storage/claim.ts';
import { failureOf } from './failures.ts';
import { interruption } from './interruption.ts';
import { ownerOf } from './owner.ts';
import type { Progress } from './steps/context.ts';
import type { GpuRequest, GpuResult, GpuStep } from './steps/gpu-steps.ts';

/** What the server shows of a running step, and the command line reads from it. */
export interface HeartbeatDetails extends Progress {
  readonly step: GpuStep;
  /** "round 2 · client 3 · train, 4,000 images" */
  readonly label: string;
  /** When its first attempt began, in ms since 1970: what a deadline counts from. */
  readonly since: number;
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

/**
 * With a deadline (seconds from the start of the first attempt, however many follow) a step that is not through by then
 * saves a checkpoint and fails for good with `DEADLINE_PASSED`.
 */
export type GpuActivities = {
  [S in GpuStep]: (request: GpuRequest<S>, label: string, deadline?: number | null) => Promise<GpuResult<S>>;
};

const HEARTBEAT_MS = 1000;

export function createGpuActivities({ slots }: { slots: EngineSlots }): GpuActivities {
  const activity =
    <S extends GpuStep>(step: S) =>
    (request: GpuRequest<S>, label: string, deadline: number | null = null) =>
      watched(slots, step, request, label, deadline);
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
  deadline: number | null,
): Promise<GpuResult<S>> {
  const context = Context.current();
  const { since, ...progress } = lastSeen(context.info);
  let details: HeartbeatDetails = { step, label, since, ...progress };
  const cancelled = context.cancellationSignal;
  const over =
    deadline === null ? null : AbortSignal.timeout(Math.max(0, since + 1000 * deadline - Date.now()));
  const beat = () => context.heartbeat(details);
  beat();
  const timer = setInterval(beat, HEARTBEAT_MS);
  try {
    return await slots.run(step, request, {
      owner: ownerOf(context.info),
      signal: over ? AbortSignal.any([cancelled, over]) : cancelled,
      onProgress: (progress) => {
        details = { step, label, since, ...progress };
        beat();
      },
    });
  } catch (error) {
    if (cancelled.aborted) throw interruption(context);
    throw over?.aborted ? deadlinePassed(deadline!, details) : failureOf(error);
  } finally {
    clearInterval(timer);
  }
}

/** An attempt that follows another one starts from where that was seen last, until it has news of its own. */
function lastSeen({ heartbeatDetails }: Info): Progress & Pick<HeartbeatDetails, 'since'> {
  const { done = 0, total = 0, since = Date.now() } = (heartbeatDetails ?? {}) as Partial<HeartbeatDetails>;
  return { done, total, since };
}

function deadlinePassed(seconds: number, { done, total }: Progress): ApplicationFailure {
  return ApplicationFailure.create({
    type: DEADLINE_PASSED,
    message: `the deadline of ${seconds} s was over after ${done} of ${total} steps`,
    nonRetryable: true,
    details: [{ done, total }],
  });
}
