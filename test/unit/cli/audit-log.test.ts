import { defaultPayloadConverter } from '@temporalio/common';
import { expect, it } from 'vitest';
import { auditedSteps } from '../../../cli/audit-log.ts';

const payload = (value: unknown) => defaultPayloadConverter.toPayload(value)!;
const step = { key: '00', reused: true, resumedFrom: null, mixed: false };
const at = (seconds: number) => ({ seconds: seconds as never, nanos: 0 });

it('tells of each activity who did it, how often it was tried, and what came of it', () => {
  const events = [
    { eventId: 1, activityTaskScheduledEventAttributes: {}, userMetadata: { summary: payload('train') } },
    { eventId: 2, activityTaskScheduledEventAttributes: {}, userMetadata: { summary: payload('measure') } },
    {
      eventId: 3,
      eventTime: at(1),
      activityTaskStartedEventAttributes: {
        scheduledEventId: 1,
        identity: '7@machine',
        attempt: 3,
        lastFailure: { message: 'Activity task failed', cause: { message: 'the engine process ended' } },
      },
    },
    {
      eventId: 4,
      eventTime: at(2),
      activityTaskCompletedEventAttributes: {
        scheduledEventId: 1,
        result: { payloads: [payload({ result: 1, step })] },
      },
    },
  ];
  expect(auditedSteps('run', { events: events as never })).toEqual([
    {
      workflow: 'run',
      label: 'train',
      startedAt: '1970-01-01T00:00:01.000Z',
      endedAt: '1970-01-01T00:00:02.000Z',
      worker: '7@machine',
      attempts: 3,
      retriedAfter: 'the engine process ended',
      end: 'done',
      failure: null,
      step,
    },
    expect.objectContaining({ label: 'measure', end: 'open', startedAt: null, worker: null }),
  ]);
});
