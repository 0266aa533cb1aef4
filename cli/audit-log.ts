/** The activities of a workflow, from the events of its history. */
import { defaultPayloadConverter } from '@temporalio/common';
import type { temporal } from '@temporalio/proto';
import type { Outcome } from '../phoenix/federation/records.ts';
import type { AuditedStep } from '../phoenix/report/audit.ts';
import { milliseconds, rootCause } from './activity-log.ts';

type History = temporal.api.history.v1.IHistory;
type Open = { -readonly [K in keyof AuditedStep]: AuditedStep[K] };

/** In the order in which they were scheduled. */
export function auditedSteps(workflow: string, { events }: History): AuditedStep[] {
  const steps = new Map<string, Open>();
  for (const event of events ?? []) {
    const at = new Date(milliseconds(event.eventTime)).toISOString();
    const scheduled = event.activityTaskScheduledEventAttributes;
    if (scheduled) {
      const summary = event.userMetadata?.summary;
      const label = summary ? defaultPayloadConverter.fromPayload<string>(summary) : 'step';
      steps.set(String(event.eventId), { ...waiting, workflow, label });
    }
    const started = event.activityTaskStartedEventAttributes;
    if (started)
      Object.assign(steps.get(String(started.scheduledEventId))!, {
        startedAt: at,
        worker: started.identity ?? null,
        attempts: started.attempt ?? 1,
        retriedAfter: started.lastFailure ? rootCause(started.lastFailure) : null,
      } satisfies Partial<AuditedStep>);
    const completed = event.activityTaskCompletedEventAttributes;
    const failed = event.activityTaskFailedEventAttributes;
    const timedOut = event.activityTaskTimedOutEventAttributes;
    const cancelled = event.activityTaskCanceledEventAttributes;
    const ended = completed ?? failed ?? timedOut ?? cancelled;
    if (!ended) continue;
    const failure = failed?.failure ?? timedOut?.failure;
    Object.assign(steps.get(String(ended.scheduledEventId))!, {
      endedAt: at,
      end: completed ? 'done' : cancelled ? 'cancelled' : 'failed',
      failure: failure ? rootCause(failure) : null,
      step: completed ? traceOf(completed.result?.payloads?.[0]) : null,
    } satisfies Partial<AuditedStep>);
  }
  return [...steps.values()];
}

const waiting = {
  startedAt: null,
  endedAt: null,
  worker: null,
  attempts: 0,
  retriedAfter: null,
  end: 'open',
  failure: null,
  step: null,
} as const;

function traceOf(payload: temporal.api.common.v1.IPayload | undefined): AuditedStep['step'] {
  const result = payload
    ? defaultPayloadConverter.fromPayload<Partial<Outcome<unknown>> | null>(payload)
    : null;
  return result?.step ?? null;
}
