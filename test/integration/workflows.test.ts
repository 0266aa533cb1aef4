/** The real workflows on a real server, with made-up activities: order, judgement, endings, replay. */
import { ApplicationFailure, CancelledFailure, Context } from '@temporalio/activity';
import { WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import { rootCause } from '@temporalio/common';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker, type WorkflowBundle } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AggregateRequest } from '../../activities/steps/aggregate.ts';
import { auditedSteps } from '../../cli/audit-log.ts';
import { loadExperiment } from '../../phoenix/config/load.ts';
import { CPU_QUEUE } from '../../workflows/queues.ts';
import { continued, forked, type Continuation } from '../../phoenix/federation/continuation.ts';
import type { FullRun, RoundRecord, RunDocument } from '../../phoenix/federation/records.ts';
import { selectClients } from '../../phoenix/federation/selection.ts';
import type { SteeringRequest } from '../../phoenix/federation/steering.ts';
import type { experiment as experimentWorkflow } from '../../workflows/experiment.ts';
import type { steerUpdate } from '../../workflows/messages.ts';
import { activeClients } from '../../phoenix/federation/strikes.ts';
import { layersLeft } from '../../phoenix/federation/summary.ts';
import type { TrainRequest } from '../../activities/steps/train.ts';
import type { GenerateRequest } from '../../activities/steps/generate.ts';
import { computed, fakeActivities, named, type FakeActivities } from '../helpers/fake-activities.ts';
import { devServer, quietRuntime, withWorkers, workflowBundle } from '../helpers/workflow-environment.ts';

let environment: TestWorkflowEnvironment;
let bundle: WorkflowBundle;
let runs = 0;

beforeAll(async () => {
  quietRuntime();
  [environment, bundle] = await Promise.all([devServer(), workflowBundle()]);
});

afterAll(() => environment.teardown());

const { experiment, settingsHash } = loadExperiment('experiments/tiny.yaml', [
  'data.clients=3',
  'federation.rounds=3',
]);

type Handle = WorkflowHandle<typeof experimentWorkflow>;

function start(
  changes: Partial<Omit<typeof experiment, 'model' | 'diffusion' | 'init' | 'sampling'>> = {},
  carried: Continuation<typeof experiment> | null = null,
): Promise<Handle> {
  const run = `tiny-${runs++}`;
  return environment.client.workflow.start<typeof experimentWorkflow>('experiment', {
    workflowId: run,
    taskQueue: CPU_QUEUE,
    args: [{ experiment: { ...experiment, ...changes }, run, settingsHash }, carried],
  });
}

const withActivities = <T>(activities: FakeActivities, body: () => Promise<T>): Promise<T> =>
  withWorkers(environment, bundle, activities, body);

type Document = RunDocument<typeof experiment>;

/** As the store would give it. */
const fullRun = (document: RunDocument, { records }: FakeActivities): FullRun<typeof experiment> => ({
  ...(document as Document),
  rounds: document.rounds.map((summary, i) => ({ ...summary, ...records[i]! })),
});

const steer = (handle: Handle, request: SteeringRequest): Promise<string> =>
  handle.executeUpdate<string, [SteeringRequest], typeof steerUpdate.name>('steer', { args: [request] });

/** Client 1 is poor whenever it is judged. */
const clientOnePoor = (samples: string): number => (samples.startsWith('client 1') ? 0.2 : 0.8);

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
    const rounds = ['01', '02', '03'].map((round) =>
      environment.client.workflow.getHandle(`${handle.workflowId}/round-${round}`),
    );
    const summaries = await Promise.all(
      rounds.map(async (round) => (await round.describe()).staticSummary()),
    );
    expect(summaries).toEqual([
      'round 1 of 3 · 3 clients',
      'round 2 of 3 · 3 clients',
      'round 3 of 3 · 2 clients',
    ]);
    for (const workflow of [handle, ...rounds]) {
      await Worker.runReplayHistory({ workflowBundle: bundle }, await workflow.fetchHistory());
    }
  });
});

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

    const round = environment.client.workflow.getHandle(`${run}/round-01`);
    const steps = auditedSteps(`${run}/round-01`, await round.fetchHistory());
    expect(steps.map(({ label }) => label)).toContain(
      'round 1 · average of 3 clients, ε = 4.73 at δ = 0.00001',
    );
  });
});

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
      const round = environment.client.workflow.getHandle(`${handle.workflowId}/round-01`);
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
      await Worker.runReplayHistory({ workflowBundle: bundle }, await handle.fetchHistory());
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

describe('a run that draws clients for each round', () => {
  it('trains those only, keeps the standing and the block of the others, and samples from all', async () => {
    const participation = { ...experiment.federation.participation, fraction: 0.7 };
    const activities = fakeActivities(clientOnePoor);
    const document = await withActivities(activities, async () => {
      const handle = await start({ federation: { ...experiment.federation, participation } });
      const result = await handle.result();
      const round = environment.client.workflow.getHandle(`${handle.workflowId}/round-01`);
      expect(await (await round.describe()).staticSummary()).toBe('round 1 of 3 · 2 of 3 clients');
      await Worker.runReplayHistory({ workflowBundle: bundle }, await round.fetchHistory());
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
      const round = environment.client.workflow.getHandle(`${handle.workflowId}/round-01`);
      await Worker.runReplayHistory({ workflowBundle: bundle }, await round.fetchHistory());
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
        [handle, environment.client.workflow.getHandle(`${handle.workflowId}/round-08`)].map(
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
