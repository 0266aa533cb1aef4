import { defaultPayloadConverter } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import { ActivityLog } from '../../../cli/activity-log.ts';

type Events = Parameters<ActivityLog['read']>[0];
type Pending = Parameters<ActivityLog['open']>[0];

/** Histories carry 64-bit numbers as objects; what is read of them is their text and their value. */
const long = (value: number) => ({ toString: () => String(value), valueOf: () => value }) as never;
const time = (seconds: number) => ({ seconds: long(seconds), nanos: 500_000_000 });

const scheduled = (eventId: number, activityId: string, summary?: string): Events[number] => ({
  eventId: long(eventId),
  activityTaskScheduledEventAttributes: { activityId, activityType: { name: 'train' } },
  ...(summary && { userMetadata: { summary: defaultPayloadConverter.toPayload(summary) } }),
});
const started = (scheduledEventId: number, seconds: number): Events[number] => ({
  eventTime: time(seconds),
  activityTaskStartedEventAttributes: { scheduledEventId: long(scheduledEventId) },
});
const completed = (scheduledEventId: number, seconds: number): Events[number] => ({
  eventTime: time(seconds),
  activityTaskCompletedEventAttributes: { scheduledEventId: long(scheduledEventId) },
});

describe('steps in a history', () => {
  it('end with their summary and the time that they took, also when the events come in parts', () => {
    const log = new ActivityLog();
    const first = log.read([
      scheduled(5, '1', 'round 1 · client 0 · train'),
      scheduled(6, '2'),
      started(5, 10),
    ]);
    expect(first).toEqual({ ended: [], children: [] });
    expect(log.read([completed(5, 14), started(6, 14), completed(6, 15)]).ended).toEqual([
      { label: 'round 1 · client 0 · train', at: 14_500, took: 4000, failure: null },
      { label: 'train', at: 15_500, took: 1000, failure: null },
    ]);
  });

  it('fail with the innermost reason', () => {
    const failure = { message: 'activity failed', cause: { message: 'no such file' } };
    const { ended } = new ActivityLog().read([
      scheduled(5, '1', 'prepare'),
      started(5, 10),
      { eventTime: time(11), activityTaskFailedEventAttributes: { scheduledEventId: long(5), failure } },
    ]);
    expect(ended).toEqual([{ label: 'prepare', at: 11_500, took: 1000, failure: 'no such file' }]);
  });

  it('stand beside the rounds that began', () => {
    const workflowExecution = { workflowId: 'quickstart-0/round-01' };
    const { children } = new ActivityLog().read([
      { childWorkflowExecutionStartedEventAttributes: { workflowExecution } },
    ]);
    expect(children).toEqual(['quickstart-0/round-01']);
  });
});

describe('a step under way', () => {
  const beat = { step: 'train', label: 'from the heartbeat', done: 20, total: 47, loss: 0.12 };
  const pending: Pending = {
    activityId: '1',
    activityType: { name: 'train' },
    state: 2,
    attempt: 1,
    heartbeatDetails: { payloads: [defaultPayloadConverter.toPayload(beat)!] },
  };

  it('shows the progress of its heartbeats', () => {
    const log = new ActivityLog();
    expect(log.open(pending)).toEqual({
      label: 'from the heartbeat',
      isRunning: true,
      done: 20,
      total: 47,
      loss: 0.12,
      attempt: 1,
      lastFailure: null,
    });
    log.read([scheduled(5, '1', 'from the history')]);
    expect(log.open(pending).label).toBe('from the history');
  });

  it('shows why it is tried again, and that it waits', () => {
    const waiting = { activityId: '1', state: 1, attempt: 2, lastFailure: { message: 'the worker is gone' } };
    expect(new ActivityLog().open(waiting)).toMatchObject({
      label: 'step',
      isRunning: false,
      done: 0,
      total: 0,
      attempt: 2,
      lastFailure: 'the worker is gone',
    });
  });
});
