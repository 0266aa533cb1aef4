/** The workflow of an experiment on a real server, with made-up activities: its steps in their order, and what it tells. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { TrainRequest } from '../../activities/steps/train.ts';
import type { RunDocument } from '../../phoenix/federation/records.ts';
import { clientOnePoor, experiment, experimentServer, type Handle } from '../helpers/experiment-server.ts';
import { computed, fakeActivities, named, type FakeActivities } from '../helpers/fake-activities.ts';

const { getHandle, replay, start, withActivities } = experimentServer();

describe('an experiment', () => {
  let activities: FakeActivities;
  let handle: Handle;
  let document: RunDocument;

  beforeAll(async () => {
    activities = fakeActivities(clientOnePoor);
    await withActivities(activities, async () => {
      handle = await start();
      document = await handle.result();
    });
  });

  it('goes from the classifier over the untrained network and the warm-up to the rounds', () => {
    expect(activities.labels.slice(0, 5)).toEqual([
      'classifier · train, 2,000 images',
      'classifier · features of the test images',
      'untrained · generate, 100 samples',
      'untrained · metrics',
      'warm-up · train, 2,000 images',
    ]);
    expect(activities.labels.slice(5, 8).toSorted()).toEqual([
      'round 1 · client 0 · train, 4,000 images',
      'round 1 · client 1 · train, 4,000 images',
      'round 1 · client 2 · train, 4,000 images',
    ]);
  });

  it('removes a client after its second poor round, counts its last update, and goes on without it', () => {
    expect(document.rounds.map(({ poor, removed }) => ({ poor, removed }))).toMatchObject([
      { poor: [1], removed: [] },
      { poor: [1], removed: [1] },
      { removed: [] },
    ]);
    expect(activities.records.map(({ clients }) => clients.map(({ client }) => client))).toEqual([
      [0, 1, 2],
      [0, 1, 2],
      [0, 2],
    ]);
    const second = activities.records[1]!;
    const bases = second.clients.map(({ training }) => training.model.base.hash);
    expect(second.aggregated).toEqual(named(`average of ${bases.join()}`));
    // What stands for the federation from then on are the two clients that are left.
    expect(activities.records.map(({ samples }) => samples.length)).toEqual([3, 2, 2]);
    expect(document.ledger.clients[1]).toMatchObject({ client: 1, removal: { afterRound: 2 } });
  });

  it('starts each round from the average and the client’s own block', () => {
    const [first, second] = activities.records;
    const { training } = second!.clients[0]!;
    expect(training.model.base).toEqual(named(`base of 0 from ${first!.aggregated.hash}`));
    expect(training.model.personal).toEqual(named('block of 0 after round 2'));
  });

  it('ends with the last average and the blocks of the clients that are left', () => {
    expect(document.state).toBe('finished');
    expect(document.final).toMatchObject({
      global: activities.records[2]!.aggregated,
      personal: [
        { client: 0, ref: named('block of 0 after round 3') },
        { client: 2, ref: named('block of 2 after round 3') },
      ],
      samples: activities.records[2]!.samples,
      grid: named('grid'),
      weightsHash: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  it('publishes its document before the rounds, after each, and at the end', async () => {
    expect(activities.published.map(({ rounds, state }) => [rounds.length, state])).toEqual([
      [0, 'running'],
      [1, 'running'],
      [2, 'running'],
      [3, 'running'],
      [3, 'finished'],
    ]);
    expect(activities.published.at(-1)).toEqual(document);
  });

  it('answers the query with the same document, and can be found by its search attributes', async () => {
    await withActivities(activities, async () => {
      expect(await handle.query('document')).toEqual(document);
    });
    const { typedSearchAttributes } = await handle.describe();
    const found = Object.fromEntries(
      typedSearchAttributes.getAll().map(({ key, value }) => [key.name, value]),
    );
    expect(found).toMatchObject({
      PhoenixMode: '2-class',
      PhoenixAlpha: '50',
      PhoenixBeta: '2',
      PhoenixRound: 3,
      PhoenixActiveClients: 2,
      PhoenixFid: document.rounds[2]!.metrics!.fid,
      PhoenixPrecision: 0.8,
    });
  });

  it('has a child per round that tells what it is about, and replays', async () => {
    const rounds = ['01', '02', '03'].map((round) => getHandle(`${handle.workflowId}/round-${round}`));
    const summaries = await Promise.all(
      rounds.map(async (round) => (await round.describe()).staticSummary()),
    );
    expect(summaries).toEqual([
      'round 1 of 3 · 3 clients',
      'round 2 of 3 · 3 clients',
      'round 3 of 3 · 2 clients',
    ]);
    for (const workflow of [handle, ...rounds]) {
      await replay(workflow);
    }
  });
});

describe('an experiment without extras', () => {
  it('needs no warm-up without sharing, no client metrics without filtering, one model without personal layers', async () => {
    const activities = fakeActivities(() => 0.5);
    const document = await withActivities(activities, async () => {
      const { data, federation } = experiment;
      const handle = await start({
        data: { ...data, sharing: null },
        filtering: null,
        federation: { ...federation, rounds: 1, personalization: 'none' },
      });
      return handle.result();
    });
    expect(activities.labels.slice(4).toSorted()).toEqual([
      'round 1 · client 0 · train, 4,000 images',
      'round 1 · client 1 · train, 4,000 images',
      'round 1 · client 2 · train, 4,000 images',
      'round 1 · global metrics',
      'round 1 · global model · generate, 100 samples',
    ]);
    expect(document).toMatchObject({ warmup: null, rounds: [{ poor: [], removed: [] }] });
    expect(activities.records[0]!.clients.every(({ metrics }) => metrics === null)).toBe(true);
  });
});

describe('a warm-up until a target', () => {
  const untilPrecision = (epochs: number) => ({
    data: {
      ...experiment.data,
      sharing: {
        ...experiment.data.sharing!,
        warmup: { epochs, steps: null, until: { metric: 'precision', target: 0.6, every: 2, samples: 40 } },
      },
    } as typeof experiment.data,
    federation: { ...experiment.federation, rounds: 1 },
  });

  /** Of the samples after each part. */
  async function warmedUp(epochs: number, precisions: readonly number[]) {
    let part = 0;
    const requests: TrainRequest[] = [];
    const activities = fakeActivities(
      (samples) => (samples.startsWith('warm-up') ? precisions[part++]! : 0.8),
      {
        train: async (request) => {
          requests.push(request);
          const model = { base: named(`base ${requests.length}`), personal: null };
          return computed({ model, examples: 100, steps: 10, firstLoss: 3 / requests.length, lastLoss: 0.1 });
        },
      },
    );
    const document = await withActivities(activities, async () =>
      (await start(untilPrecision(epochs))).result(),
    );
    const parts = requests.filter(({ client }) => client === null);
    return { document, parts, labels: activities.labels.filter((label) => label.startsWith('warm-up')) };
  }

  it('goes on part by part until its samples are good enough', async () => {
    const { document, parts, labels } = await warmedUp(7, [0.3, 0.6, 0.9]);
    expect(labels).toEqual([
      'warm-up 1 of 4 · train, 2,000 images',
      'warm-up 1 of 4 · generate, 40 samples',
      'warm-up 1 of 4 · metrics',
      'warm-up 2 of 4 · train, 2,000 images',
      'warm-up 2 of 4 · generate, 40 samples',
      'warm-up 2 of 4 · metrics',
    ]);
    expect(parts.map(({ round, training }) => [round, training.epochs])).toEqual([
      [0, 2],
      [1, 2],
    ]);
    expect(parts[1]!.incoming.base).toEqual(named('base 1'));
    expect(document.warmup).toMatchObject({ steps: 20, firstLoss: 3, lastLoss: 0.1, reached: true });
    expect(document.initial).toEqual({ base: named('base 2'), personal: null });
  });

  it('ends at its cap', async () => {
    const { document, parts } = await warmedUp(3, [0.3, 0.5]);
    expect(parts.map(({ training }) => training.epochs)).toEqual([2, 1]);
    expect(document.warmup).toMatchObject({ steps: 20, reached: false });
  });
});

describe('an experiment that is measured after its last round only', () => {
  it('draws global samples there and nowhere else, and ends with them', async () => {
    const activities = fakeActivities(() => 0.5);
    const document = await withActivities(activities, async () =>
      (await start({ evaluation: { ...experiment.evaluation, rounds: 'last' } })).result(),
    );
    expect(activities.records.map(({ metrics }) => metrics !== null)).toEqual([false, false, true]);
    expect(activities.records.map(({ samples }) => samples.length > 0)).toEqual([false, false, true]);
    expect(document.final!.samples).toEqual(activities.records[2]!.samples);
  });
});
