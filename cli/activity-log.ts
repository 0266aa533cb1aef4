/** What a workflow's history says about its steps. */
import { defaultPayloadConverter } from '@temporalio/common';
import type { temporal } from '@temporalio/proto';

type HistoryEvent = temporal.api.history.v1.IHistoryEvent;
type PendingActivity = temporal.api.workflow.v1.IPendingActivityInfo;

export interface EndedStep {
  /** "round 2 · client 3 · train, 4,000 images". */
  readonly label: string;
  /** When it ended, in milliseconds since 1970. */
  readonly at: number;
  /** Milliseconds that its last attempt took. */
  readonly took: number;
  /** Null when it succeeded. */
  readonly failure: string | null;
}

export interface OpenStep {
  readonly label: string;
  /** False while it waits for a worker or for its next attempt. */
  readonly isRunning: boolean;
  readonly done: number;
  /** 0 when it does not say how much there is to do. */
  readonly total: number;
  readonly loss: number | null;
  /** From 1. */
  readonly attempt: number;
  /** Why the attempt before this one ended. */
  readonly lastFailure: string | null;
}

/** The steps of one workflow execution, from its events as they come. */
export class ActivityLog {
  readonly #labels = new Map<string, string>();
  readonly #labelsByActivity = new Map<string, string>();
  readonly #startedAt = new Map<string, number>();

  /**
   * @param events the ones after those read before
   * @returns the steps that ended and the child workflows that began in them
   */
  read(events: readonly HistoryEvent[]): { ended: EndedStep[]; children: string[] } {
    const ended: EndedStep[] = [];
    const children: string[] = [];
    for (const event of events) {
      const scheduled = event.activityTaskScheduledEventAttributes;
      if (scheduled) {
        const summary = event.userMetadata?.summary;
        const label = summary
          ? defaultPayloadConverter.fromPayload<string>(summary)
          : (scheduled.activityType?.name ?? 'step');
        this.#labels.set(String(event.eventId), label);
        this.#labelsByActivity.set(scheduled.activityId ?? '', label);
      }
      const started = event.activityTaskStartedEventAttributes;
      if (started) this.#startedAt.set(String(started.scheduledEventId), milliseconds(event.eventTime));
      const child = event.childWorkflowExecutionStartedEventAttributes?.workflowExecution?.workflowId;
      if (child) children.push(child);
      const step = this.#endOf(event);
      if (step) ended.push(step);
    }
    return { ended, children };
  }

  /** A step that is under way, from what the server knows of it now. */
  open(activity: PendingActivity): OpenStep {
    const beat = activity.heartbeatDetails?.payloads?.[0];
    const details = beat ? defaultPayloadConverter.fromPayload<Partial<OpenStep>>(beat) : {};
    return {
      label:
        this.#labelsByActivity.get(activity.activityId ?? '') ??
        details.label ??
        activity.activityType?.name ??
        'step',
      isRunning: activity.state === pendingStarted,
      done: details.done ?? 0,
      total: details.total ?? 0,
      loss: details.loss ?? null,
      attempt: activity.attempt ?? 1,
      lastFailure: activity.lastFailure?.message ?? null,
    };
  }

  #endOf(event: HistoryEvent): EndedStep | null {
    const failed = event.activityTaskFailedEventAttributes;
    const timedOut = event.activityTaskTimedOutEventAttributes;
    const canceled = event.activityTaskCanceledEventAttributes;
    const end = event.activityTaskCompletedEventAttributes ?? failed ?? timedOut ?? canceled;
    if (!end) return null;
    const scheduled = String(end.scheduledEventId);
    const at = milliseconds(event.eventTime);
    return {
      label: this.#labels.get(scheduled) ?? 'step',
      at,
      took: at - (this.#startedAt.get(scheduled) ?? at),
      failure: failed?.failure
        ? rootCause(failed.failure)
        : timedOut
          ? 'it timed out'
          : canceled
            ? 'it was cancelled'
            : null,
    };
  }
}

/** PENDING_ACTIVITY_STATE_STARTED; the enumeration itself would load all of the protocol's classes. */
const pendingStarted = 2;

export function rootCause(failure: temporal.api.failure.v1.IFailure): string {
  return failure.cause ? rootCause(failure.cause) : (failure.message ?? 'it failed');
}

export const milliseconds = (time: HistoryEvent['eventTime']): number =>
  time ? Number(time.seconds ?? 0) * 1000 + (time.nanos ?? 0) / 1e6 : 0;
