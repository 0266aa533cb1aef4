/** What the server does between rounds, on a real one of Temporal with made-up activities: strategies, personal layers, privacy, averages over rounds. */
import { describe, expect, it } from 'vitest';
import type { AggregateRequest } from '../../activities/steps/aggregate.ts';
import type { GenerateRequest } from '../../activities/steps/generate.ts';
import type { TrainRequest } from '../../activities/steps/train.ts';
import { auditedSteps } from '../../cli/audit-log.ts';
import { continued } from '../../phoenix/federation/continuation.ts';
import type { RoundRecord } from '../../phoenix/federation/records.ts';
import { activeClients } from '../../phoenix/federation/strikes.ts';
import { layersLeft } from '../../phoenix/federation/summary.ts';
import { clientOnePoor, experiment, experimentServer, fullRun } from '../helpers/experiment-server.ts';
import { fakeActivities, named } from '../helpers/fake-activities.ts';

const { getHandle, start, withActivities } = experimentServer();

describe('a strategy with a server of its own', () => {
  const strategy = { kind: 'fedavgm', serverLearningRate: 1, momentum: 0.9 } as const;
  const federation = { ...experiment.federation, strategy };

  it('finds what it has kept: in the next round, in a new execution, and no more than it needs', async () => {
    const first = fakeActivities(clientOnePoor);
    await withActivities(first, async () => (await start({ federation })).result());
    const { records, aggregates } = first;
    expect(aggregates.map(({ state }) => state)).toEqual([
      {},
      records[0]!.serverState,
      records[1]!.serverState,
    ]);
    expect(records.map(({ serverState }) => Object.keys(serverState))).toEqual([['m'], ['m'], ['m']]);
    expect(aggregates[1]).toMatchObject({ round: null, global: records[0]!.aggregated });
    expect(aggregates[1]!.updates.map(({ loss }) => loss)).toEqual([null, null, null]);

    const second = fakeActivities(clientOnePoor);
    const published = fullRun(first.published[2]!, first);
    await withActivities(second, async () => (await start({ federation }, continued(published))).result());
    expect(second.aggregates).toEqual(aggregates.slice(2));
  });

  it('takes one step, from the average of the averages of groups, where clients are many', async () => {
    const activities = fakeActivities(() => 0.5);
    const many = { data: { ...experiment.data, clients: 40 }, filtering: null };
    await withActivities(activities, async () =>
      (await start({ ...many, federation: { ...federation, rounds: 1 } })).result(),
    );
    const [one, other, root] = activities.aggregates;
    for (const group of [one, other]) {
      expect(group).toMatchObject({ strategy: { kind: 'fedavg' }, global: null, state: {} });
      expect(group!.updates).toHaveLength(20);
    }
    expect(root).toMatchObject({ strategy, updates: [{ weight: 2000 }, { weight: 2000 }] });
    expect(activities.aggregates).toHaveLength(3);
    const average = (request: typeof root) =>
      named(`average of ${request!.updates.map(({ base }) => base.hash).join()}`);
    const bases = activities.records[0]!.clients.map(({ training }) => training.model.base);
    expect([...one!.updates, ...other!.updates].map(({ base }) => base)).toEqual(bases);
    expect(root!.updates.map(({ base }) => base)).toEqual([average(one), average(other)]);
  });
});

describe('a strategy of the clients', () => {
  it('is told to the clients, and not to the warm-up', async () => {
    const strategy = { kind: 'fedprox', mu: 0.1 } as const;
    const activities = fakeActivities(() => 0.5);
    const asked: TrainRequest[] = [];
    const { train } = activities.gpu;
    activities.gpu.train = (request, label) => {
      asked.push(request);
      return train(request, label);
    };
    const federation = { ...experiment.federation, rounds: 1, strategy };
    await withActivities(activities, async () => (await start({ federation, filtering: null })).result());
    expect(asked.map(({ client, strategy }) => [client, strategy])).toEqual([
      [null, null],
      ...[0, 1, 2].map(() => [expect.any(Number), strategy]),
    ]);
  });
});

describe('an experiment that evaluates the average of personal layers', () => {
  it('draws the global samples from one model with it, gives it to no client, and says so', async () => {
    const activities = fakeActivities(clientOnePoor);
    const asked: GenerateRequest[] = [];
    const { generate } = activities.gpu;
    activities.gpu.generate = (request, label) => {
      if (request.purpose === 'global') asked.push(request);
      return generate(request, label);
    };
    const document = await withActivities(activities, async () =>
      (await start({ evaluation: { ...experiment.evaluation, personal: 'averaged' } })).result(),
    );
    for (const [i, record] of activities.records.entries()) {
      // Of those that go on: client 1 is removed after round 2.
      const remaining = activeClients(record.ledger);
      const blocks = record.clients
        .filter(({ client }) => remaining.includes(client))
        .map(({ training }) => training.model.personal!.hash);
      expect(record.personalAverage).toEqual(named(`average of ${blocks.join()}`));
      expect(asked[i]).toMatchObject({
        client: null,
        count: experiment.evaluation.samples,
        model: { base: record.aggregated, personal: record.personalAverage },
      });
      expect(record.samples).toHaveLength(1);
    }
    expect(asked).toHaveLength(3);
    expect(activities.records[1]!.clients[0]!.training.model.personal).toEqual(
      named('block of 0 after round 2'),
    );
    expect(document.final!.personal.map(({ client }) => client)).toEqual([0, 2]);
    expect(layersLeft(document)).toBe(true);
  });
});

describe('an experiment that protects its clients', () => {
  it('tells the average what to clip and what noise to add, and says in each round what was spent', async () => {
    const activities = fakeActivities(() => 0.5);
    const asked: AggregateRequest[] = [];
    const { aggregate } = activities.cpu;
    activities.cpu.aggregate = (request) => {
      asked.push(request);
      return aggregate(request);
    };
    const privacy = { clip: 2, noiseMultiplier: 1, delta: 1e-5 };
    const { data, federation } = experiment;
    const { rounds, run } = await withActivities(activities, async () => {
      const handle = await start({
        data: { ...data, sharing: null },
        filtering: null,
        federation: { ...federation, rounds: 2, privacy },
      });
      return handle.result();
    });
    const [first, second] = activities.records;
    expect(asked).toMatchObject([
      { clip: 2, global: named('initial base') },
      { clip: 2, global: first!.aggregated },
    ]);
    for (const { noiseStd } of asked) expect(noiseStd).toBeCloseTo(2 / 3, 15);
    expect(rounds.map(({ privacy: spent }) => spent)).toEqual([first!.privacy, second!.privacy]);
    expect(rounds[0]!.privacy!.epsilon).toBeCloseTo(4.7285, 4);
    expect(rounds[1]!.privacy!.epsilon).toBeGreaterThan(rounds[0]!.privacy!.epsilon!);

    const round = getHandle(`${run}/round-01`);
    const steps = auditedSteps(`${run}/round-01`, await round.fetchHistory());
    expect(steps.map(({ label }) => label)).toContain(
      'round 1 · average of 3 clients, ε = 4.73 at δ = 0.00001',
    );
  });
});

describe('a run that averages its global weights over the rounds', () => {
  it('measures and ends with the averages, and trains from the weights', async () => {
    const activities = fakeActivities(clientOnePoor);
    const document = await withActivities(activities, async () =>
      (await start({ federation: { ...experiment.federation, ema: { decay: 0.9 } } })).result(),
    );
    const [first, second, third] = activities.records;
    expect(first!.ema).toEqual(first!.aggregated);
    const moved = (share: number, { ema }: RoundRecord, { aggregated }: RoundRecord) =>
      named(`${share} of ${ema!.hash} and ${aggregated.hash}`);
    expect(second!.ema).toEqual(moved(2 / 11, first!, second!));
    expect(third!.ema).toEqual(moved(3 / 12, second!, third!));
    expect(document.final!.global).toEqual(third!.ema);
    expect(second!.clients[0]!.training.model.base).toEqual(
      named(`base of 0 from ${first!.aggregated.hash}`),
    );
    const model = { base: third!.ema, personal: document.final!.personal[0]!.ref };
    expect(third!.samples).toContainEqual(
      expect.objectContaining({ hash: named(`global 0 50 ${JSON.stringify(model)}`).hash }),
    );
    const carried = continued(fullRun(activities.published[2]!, activities));
    expect(carried.models!.ema).toEqual(second!.ema);
  });
});
