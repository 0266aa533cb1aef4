/** How runs end, stop and go on, on a real server with made-up activities: failures, cancellation, steering, new executions, forks. */
import { ApplicationFailure, CancelledFailure, Context } from '@temporalio/activity';
import { WorkflowFailedError } from '@temporalio/client';
import { rootCause } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import { continued, forked } from '../../phoenix/federation/continuation.ts';
import {
  clientOnePoor,
  experiment,
  experimentServer,
  fullRun,
  settingsHash,
  steer,
  type Document,
} from '../helpers/experiment-server.ts';
import { computed, fakeActivities, named } from '../helpers/fake-activities.ts';

const { getHandle, replay, start, withActivities } = experimentServer();

describe('an experiment that is continued in a new execution', () => {
  it('goes on after the rounds that it carries along', async () => {
    const first = fakeActivities(clientOnePoor);
    const second = fakeActivities(clientOnePoor);
    const whole = await withActivities(first, async () => (await start()).result());
    const published = fullRun(first.published[2]!, first);
    const document = await withActivities(second, async () =>
      (await start({}, continued(published))).result(),
    );
    expect(second.labels.every((label) => label.startsWith('round 3'))).toBe(true);
    expect(second.records[0]!.aggregated).toEqual(first.records[2]!.aggregated);
    expect(document.rounds).toHaveLength(3);
    expect(document.final).toEqual(whole.final);
  });
});

describe('an experiment that does not reach its end', () => {
  it('fails with the reason of its step, and publishes that', async () => {
    const activities = fakeActivities(() => 0.5, {
      train: async () => {
        throw ApplicationFailure.nonRetryable(
          'the loss of training step 3 is not finite',
          'TrainingDiverged',
        );
      },
    });
    await withActivities(activities, async () => {
      const error: unknown = await (await start()).result().catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(WorkflowFailedError);
      expect(rootCause((error as WorkflowFailedError).cause)).toBe(
        'the loss of training step 3 is not finite',
      );
    });
    expect(activities.published.at(-1)).toMatchObject({
      state: 'failed',
      phase: 'warm-up',
      finishedAt: expect.any(String),
    });
  });

  it('is cancelled together with its round and steps, and publishes that', async () => {
    let stopped = 0;
    let training = () => {};
    const begun = new Promise<void>((resolve) => (training = resolve));
    const activities = fakeActivities(() => 0.5, {
      generate: async ({ purpose }) => {
        if (purpose === 'untrained') return computed(named('untrained'));
        training();
        const timer = setInterval(() => Context.current().heartbeat(), 100);
        try {
          return await Context.current().cancelled;
        } catch (error) {
          if (error instanceof CancelledFailure) stopped++;
          throw error;
        } finally {
          clearInterval(timer);
        }
      },
      measure: async () => computed({ fid: 1 } as never),
    });
    await withActivities(activities, async () => {
      const handle = await start();
      await begun;
      await handle.cancel();
      await expect(handle.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
      const round = getHandle(`${handle.workflowId}/round-01`);
      expect((await round.describe()).status.name).toBe('CANCELLED');
      while (stopped === 0) await new Promise((resolve) => setTimeout(resolve, 50));
    });
    expect(activities.published.at(-1)).toMatchObject({ state: 'cancelled', phase: 'round 1' });
  });
});

/** Training that says when it begins, and waits until it is let go or cancelled; `stopped` counts the latter. */
function heldTraining() {
  let begun = () => {};
  const held = { stopped: 0, isHeld: true, begun: new Promise<void>((resolve) => (begun = resolve)) };
  const plain = fakeActivities(clientOnePoor).gpu.train;
  const train: typeof plain = async (request, label) => {
    while (request.round === 2 && held.isHeld) {
      begun();
      Context.current().heartbeat();
      try {
        await Context.current().sleep(50);
      } catch (error) {
        held.stopped++;
        throw error;
      }
    }
    return plain(request, label);
  };
  return { held, train };
}

describe('a run that is steered', () => {
  it('pauses in the middle of a round, schedules nothing, and ends as if nothing had happened', async () => {
    const undisturbed = fakeActivities(clientOnePoor);
    const { held, train } = heldTraining();
    const activities = fakeActivities(clientOnePoor, { train });
    const document = await withActivities(undisturbed, async () => (await start()).result());
    const paused = await withActivities(activities, async () => {
      const handle = await start();
      await held.begun;
      expect(await steer(handle, { kind: 'pause' })).toBe('paused in round 2');
      while (held.stopped < 3) await new Promise((resolve) => setTimeout(resolve, 20));
      await expect(steer(handle, { kind: 'pause' })).rejects.toMatchObject({
        cause: { message: 'it is paused already', type: 'SteeringRefused' },
      });
      const before = activities.labels.length;
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect(activities.labels.length).toBe(before);
      expect((await handle.query<Document>('document')).paused).toBe(true);
      held.isHeld = false;
      expect(await steer(handle, { kind: 'resume' })).toBe('went on in round 2');
      return handle.result();
    });
    expect(paused.final!.weightsHash).toBe(document.final!.weightsHash);
    expect(paused).toMatchObject({ steered: false, paused: false, state: 'finished' });
    expect(paused.steering.map(({ act, during }) => [act.kind, during])).toEqual([
      ['pause', 2],
      ['resume', 2],
    ]);
  });

  it('takes clients out and in from the next round on, and ends where it is told', async () => {
    const { held, train } = heldTraining();
    const activities = fakeActivities(() => 0.5, { train });
    const document = await withActivities(activities, async () => {
      const handle = await start();
      await held.begun;
      await steer(handle, { kind: 'disconnect', client: 2 });
      await steer(handle, { kind: 'addRounds', rounds: 1 });
      await expect(steer(handle, { kind: 'stopAfter', round: 1 })).rejects.toMatchObject({
        cause: { message: 'it can stop after round 2 to 3' },
      });
      held.isHeld = false;
      const result = await handle.result();
      await replay(handle);
      return result;
    });
    expect(activities.records.map(({ clients }) => clients.some(({ client }) => client === 2))).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect(document).toMatchObject({ steered: true });
    expect(document.ledger.clients[2]!.removal).toEqual({ afterRound: 2, by: 'hand' });
    expect(document.final!.personal.map(({ client }) => client)).not.toContain(2);
  });
});

describe('a fork', () => {
  it('trains nothing before its round, and goes on with other settings', async () => {
    const first = fakeActivities(clientOnePoor);
    const second = fakeActivities(clientOnePoor);
    const parent = await withActivities(first, async () => (await start()).result());
    const settings = { ...experiment, filtering: null };
    const carried = forked(fullRun(parent, first), {
      run: 'fork',
      round: 1,
      settings,
      settingsHash,
      startedAt: '2026-11-24T00:00:00.000Z',
    });
    const document = await withActivities(second, async () => (await start(settings, carried)).result());
    expect(second.labels.some((label) => /^(round 1|warm-up|classifier|untrained)/.test(label))).toBe(false);
    expect(document.rounds.map(({ participants }) => participants)).toEqual([3, 3, 3]);
    expect(document.rounds[0]).toEqual(parent.rounds[0]);
    expect(document.forkedFrom).toEqual({ run: parent.run, round: 1 });
  });
});
