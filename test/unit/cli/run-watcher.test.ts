import type { Client } from '@temporalio/client';
import { expect, it } from 'vitest';
import { RunWatcher } from '../../../cli/run-watcher.ts';

/** Histories carry 64-bit numbers as objects. */
const long = (value: number) => ({ toString: () => String(value), valueOf: () => value }) as never;

/** Events 1 to n: one activity after the other is scheduled, started and completed, each in a second. */
const historyOf = (n: number) =>
  Array.from({ length: n }, (_, at) => {
    const place = { scheduledEventId: long(3 * Math.floor(at / 3) + 1) };
    return {
      eventId: long(at + 1),
      eventTime: { seconds: long(at), nanos: 0 },
      ...[
        {
          activityTaskScheduledEventAttributes: {
            activityId: String(at),
            activityType: { name: `step ${at}` },
          },
        },
        { activityTaskStartedEventAttributes: place },
        { activityTaskCompletedEventAttributes: place },
      ][at % 3],
    };
  });

/** A server with one workflow, and the number of events that it has sent. */
function server() {
  const state = { length: 0, sent: 0 };
  const workflow = {
    describe: async () => ({
      runId: 'first',
      historyLength: state.length,
      status: { name: 'RUNNING' },
      raw: {},
    }),
    query: async () => ({}),
  };
  const client = {
    options: { namespace: 'default' },
    workflow: { getHandle: () => workflow },
    withDeadline: (_: number, ask: () => unknown) => ask(),
    workflowService: {
      getWorkflowExecutionHistoryReverse: async (asked: {
        maximumPageSize: number;
        nextPageToken?: Uint8Array;
      }) => {
        const all = historyOf(state.length).reverse();
        const from = asked.nextPageToken ? Number(Buffer.from(asked.nextPageToken).toString()) : 0;
        const events = all.slice(from, from + asked.maximumPageSize);
        state.sent += events.length;
        const next = from + events.length;
        return { history: { events }, nextPageToken: Buffer.from(next < all.length ? String(next) : '') };
      },
    },
  } as unknown as Client;
  return { state, client };
}

it('tells each step once, in order, and reads no more of a history than what is new', async () => {
  const { state, client } = server();
  const watcher = new RunWatcher(client, 'run');
  const told: string[] = [];
  for (const length of [3, 7, 7, 1000, 1001, 3000]) {
    state.length = length;
    const sentBefore = state.sent;
    const newEvents = length - told.length * 3;
    told.push(...(await watcher.look()).ended.map(({ label }) => label));
    expect(told).toEqual(Array.from({ length: Math.floor(length / 3) }, (_, step) => `step ${3 * step}`));
    // A page more than what is new, at most.
    expect(state.sent - sentBefore).toBeLessThan(newEvents + 200);
  }
});
