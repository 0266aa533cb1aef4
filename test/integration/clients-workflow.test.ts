/** Who takes part in a round, on a real server with made-up activities: removals, drawn clients, deadlines, many clients. */
import { ApplicationFailure } from '@temporalio/activity';
import { describe, expect, it } from 'vitest';
import { forked } from '../../phoenix/federation/continuation.ts';
import { selectClients } from '../../phoenix/federation/selection.ts';
import {
  clientOnePoor,
  experiment,
  experimentServer,
  fullRun,
  settingsHash,
} from '../helpers/experiment-server.ts';
import { fakeActivities, named } from '../helpers/fake-activities.ts';

const { getHandle, replay, start, withActivities } = experimentServer();

describe('an experiment whose removals are temporary', () => {
  it('goes on without a client for so many rounds, then with it, its own block and a clean sheet', async () => {
    const incoming: [round: number, block: unknown][] = [];
    const usual = fakeActivities(clientOnePoor);
    const activities = fakeActivities(clientOnePoor, {
      train: async (request, label) => {
        if (request.client === 1) incoming.push([request.round, request.incoming.personal]);
        return usual.gpu.train(request, label);
      },
    });
    const document = await withActivities(activities, async () => {
      const handle = await start({
        federation: { ...experiment.federation, rounds: 6 },
        filtering: {
          ...experiment.filtering!,
          rule: 'threshold',
          threshold: 0.5,
          removal: 'temporary',
          skipRounds: 2,
        },
      });
      return handle.result();
    });
    const taking = activities.records.map(({ clients }) => clients.map(({ client }) => client));
    expect(taking).toEqual([
      [0, 1, 2],
      [0, 1, 2],
      [0, 2],
      [0, 2],
      [0, 1, 2],
      [0, 1, 2],
    ]);
    expect(incoming.slice(2)).toEqual([
      [5, named('block of 1 after round 2')],
      [6, named('block of 1 after round 5')],
    ]);
    expect(activities.records.map(({ ledger }) => ledger.clients[1])).toEqual([
      { client: 1, strikes: 1, removal: null },
      { client: 1, strikes: 2, removal: { afterRound: 2, by: 'rule', returnsIn: 5 } },
      { client: 1, strikes: 2, removal: { afterRound: 2, by: 'rule', returnsIn: 5 } },
      { client: 1, strikes: 0, removal: null },
      { client: 1, strikes: 1, removal: null },
      { client: 1, strikes: 2, removal: { afterRound: 6, by: 'rule', returnsIn: 9 } },
    ]);
    expect(document.ledger).toEqual(activities.records.at(-1)!.ledger);
  });

  it('brings the client back in a fork that filters nobody', async () => {
    const first = fakeActivities(clientOnePoor);
    const second = fakeActivities(clientOnePoor);
    const settings = {
      ...experiment,
      filtering: { ...experiment.filtering!, removal: 'temporary' as const, skipRounds: 1 },
    };
    const whole = await withActivities(first, async () => (await start(settings)).result());
    const fork = {
      run: 'fork',
      round: 2,
      settings: { ...settings, filtering: null, federation: { ...settings.federation, rounds: 4 } },
      settingsHash,
      startedAt: whole.startedAt,
    };
    await withActivities(second, async () =>
      (await start(fork.settings, forked(fullRun(whole, first), fork))).result(),
    );
    const taking = second.records.map(({ clients }) => clients.map(({ client }) => client));
    expect(taking).toEqual([
      [0, 2],
      [0, 1, 2],
    ]);
  });
});

describe('a run that draws clients for each round', () => {
  it('trains those only, keeps the standing and the block of the others, and samples from all', async () => {
    const participation = { ...experiment.federation.participation, fraction: 0.7 };
    const activities = fakeActivities(clientOnePoor);
    const document = await withActivities(activities, async () => {
      const handle = await start({ federation: { ...experiment.federation, participation } });
      const result = await handle.result();
      const round = getHandle(`${handle.workflowId}/round-01`);
      expect(await (await round.describe()).staticSummary()).toBe('round 1 of 3 · 2 of 3 clients');
      await replay(round);
      return result;
    });
    let active = [0, 1, 2];
    const poor = new Map<number, number>();
    const blocks = new Map<number, string>();
    for (const [at, { round, clients, late, removed, samples }] of activities.records.entries()) {
      const drawn = selectClients(active, participation, experiment.seed, round);
      expect(drawn.length).toBe(Math.max(1, Math.floor(0.7 * active.length)));
      expect(clients.map(({ client }) => client)).toEqual(drawn);
      if (drawn.includes(1)) poor.set(1, (poor.get(1) ?? 0) + 1);
      expect(activities.records[at]!.ledger.clients[1]!.strikes).toBe(poor.get(1) ?? 0);
      active = active.filter((client) => !removed.includes(client));
      expect(samples.length).toBe(active.length);
      expect(late).toEqual([]);
      for (const { client, training } of clients) blocks.set(client, training.model.personal!.hash);
    }
    expect(document.final!.personal.map(({ client, ref }) => [client, ref.hash])).toEqual(
      active.map((client) => [
        client,
        blocks.get(client) ?? activities.published[0]!.initial!.personal!.hash,
      ]),
    );
    expect(document.timingDependent).toBe(false);
  });
});

describe('a run with a deadline', () => {
  /** `done` of a client's ten steps when its deadline is over; null: it is in time. */
  const trainingWith = (done: (round: number, client: number) => number | null) => {
    const deadlines: (number | null)[] = [];
    const plain = fakeActivities(clientOnePoor).gpu.train;
    const train: typeof plain = async (request, label, deadline = null) => {
      if (request.client !== null) deadlines.push(deadline);
      const when = request.client === null || deadline === null ? null : done(request.round, request.client);
      if (when === null) return plain(request, label);
      throw ApplicationFailure.create({
        type: 'DeadlinePassed',
        nonRetryable: true,
        details: [{ done: when, total: 10 }],
      });
    };
    return { deadlines, train };
  };
  const within = (seconds: number, minimumResults: number) => {
    const participation = { ...experiment.federation.participation, deadline: seconds, minimumResults };
    return { federation: { ...experiment.federation, participation } };
  };

  it('goes on with those who finished, says who did not, and is marked', async () => {
    const { deadlines, train } = trainingWith((round, client) => (round === 1 && client === 1 ? 4 : null));
    const activities = fakeActivities(clientOnePoor, { train });
    const document = await withActivities(activities, async () => {
      const handle = await start(within(60, 2));
      const result = await handle.result();
      const round = getHandle(`${handle.workflowId}/round-01`);
      await replay(round);
      return result;
    });
    const [first, second, third] = activities.records;
    expect(first!.late).toEqual([{ client: 1, done: 4, total: 10 }]);
    expect(first!.clients.map(({ client }) => client)).toEqual([0, 2]);
    expect(first!.steps.filter(({ label }) => label.includes('train')).length).toBe(2);
    const bases = first!.clients.map(({ training }) => training.model.base.hash);
    expect(first!.aggregated).toEqual(named(`average of ${bases.join()}`));
    // It was not judged: what is poor counts from the second round on, and removes it in the third.
    expect([first, second, third].map((record) => [record!.poor, record!.removed])).toEqual([
      [expect.not.arrayContaining([1]), expect.not.arrayContaining([1])],
      [[1], []],
      [[1], [1]],
    ]);
    expect(document.rounds.map(({ participants, stragglers }) => [participants, stragglers])).toEqual([
      [2, 1],
      [3, 0],
      [3, 0],
    ]);
    expect(document).toMatchObject({ state: 'finished', timingDependent: true, steered: false });
    expect(new Set(deadlines)).toEqual(new Set([60]));
  });

  it('waits for the furthest where too few were in time', async () => {
    const { deadlines, train } = trainingWith((_, client) => [3, 9, 5][client]!);
    const activities = fakeActivities(() => 0.5, { train });
    const document = await withActivities(activities, async () =>
      (await start({ ...within(60, 2), filtering: null })).result(),
    );
    for (const { clients, late } of activities.records) {
      expect(clients.map(({ client }) => client)).toEqual([1, 2]);
      expect(late).toEqual([{ client: 0, done: 3, total: 10 }]);
    }
    expect(deadlines).toEqual([1, 2, 3].flatMap(() => [60, 60, 60, null, null]));
    expect(document.timingDependent).toBe(true);
  });

  it('is as one without where everybody was awaited', async () => {
    const { train } = trainingWith(() => 5);
    const activities = fakeActivities(clientOnePoor, { train });
    const [document, plain] = [
      await withActivities(activities, async () => (await start(within(60, 3))).result()),
      await withActivities(fakeActivities(clientOnePoor), async () => (await start()).result()),
    ];
    expect(document.timingDependent).toBe(false);
    expect(document.final!.weightsHash).toBe(plain.final!.weightsHash);
  });
});

describe('a long run with many clients', () => {
  it('stays far within what the server takes', async () => {
    const activities = fakeActivities(() => 0.5);
    const rounds = 8;
    const clients = 50;
    await withActivities(activities, async () => {
      const handle = await start({
        data: { ...experiment.data, clients },
        federation: { ...experiment.federation, rounds },
      });
      await handle.result();
      const [own, round] = await Promise.all(
        [handle, getHandle(`${handle.workflowId}/round-08`)].map(
          async (workflow) => (await workflow.describe()).raw.workflowExecutionInfo!,
        ),
      );
      // Limits: 50 MB and 50,000 events a workflow. The run itself continues as new at 4 MB or 4,000 events.
      expect(Number(round!.historySizeBytes)).toBeLessThan(2_000_000);
      expect(Number(round!.historyLength)).toBeLessThan(2_000);
      // The document grows with the rounds, so that what counts is what 4 MB hold between two executions.
      expect(Number(own!.historyLength) / rounds).toBeLessThan(60);
      expect(Number(own!.historySizeBytes) / rounds).toBeLessThan(100_000);
    });
  });
});
