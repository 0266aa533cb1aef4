import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planSweep } from '../../../cli/plan.ts';
import { speedFrom } from '../../../cli/plan/speed.ts';
import { vectorsIn } from '../../../cli/plan/vectors.ts';
import { workOf, type Work } from '../../../cli/plan/work.ts';
import { loadSweep } from '../../../phoenix/config/sweep.ts';
import type { RunDocument } from '../../../phoenix/federation/records.ts';
import { RunStore } from '../../../phoenix/storage/runs.ts';
import { cifar10Labels } from '../../helpers/cifar10-fixture.ts';
import { MemoryStore } from '../../helpers/memory-store.ts';

const experiments = join(import.meta.dirname, '../../../experiments');

/** No image is looked at: only whose it is. */
const data = {
  labels: cifar10Labels,
  images: () => Promise.reject(new Error('a plan looks at no image')),
};

const planned = (file: string, overrides: string[] = [], store: MemoryStore | null = null) =>
  planSweep(loadSweep(join(experiments, file), overrides), store, data, 'AVX-512');

const share = (plan: Awaited<ReturnType<typeof planned>>, what: string) =>
  plan.shares.find((one) => one.what === what);

describe('a plan', () => {
  it('of table 3 has three warm-ups for its six cells', async () => {
    const plan = await planned('reduced/table3.yaml');
    expect(share(plan, 'warm-up')).toMatchObject({ asked: 6, distinct: 3, done: 0 });
    expect(share(plan, 'training of clients')).toMatchObject({ asked: 600, distinct: 600 });
    // 10 rounds of 10 clients, and the warm-ups.
    expect(plan.trainingSteps).toBe(600 * 120 + 3 * 1200);
    expect(plan.cells.map(({ trainingSteps }) => trainingSteps)).toEqual(Array(6).fill(13_200));
    expect(plan.most).toBeNull();
    expect(plan.measuredSteps).toBeNull();
  });

  it('counts epochs by the images that each client really has', async () => {
    const plan = await planned('paper/table3.yaml');
    // The cell (5, 100): 100 epochs in batches of 128, over 2,000 shared images, and 10 times over 4,000 and these.
    expect(plan.cells[0]!.trainingSteps).toBe(
      Math.ceil((100 * 2000) / 128) + 100 * Math.ceil((100 * 6000) / 128),
    );
  });

  it('of table 4 shares all rounds while nobody is removed, and at most those before somebody could be', async () => {
    const plan = await planned('reduced/table4.yaml');
    expect(share(plan, 'training of clients')).toMatchObject({ asked: 300, distinct: 100 });
    expect(plan.trainingSteps).toBe(100 * 120);
    // Two strikes from round 5 on: rounds 1 to 6 are the same whatever the rule says.
    expect(plan.most!.trainingSteps).toBe((60 + 3 * 40) * 120);
    expect(plan.most!.seconds).toBeGreaterThan(plan.seconds);
  });

  it('has nothing to train again for a cell that is measured on more samples', async () => {
    const table = loadSweep(join(experiments, 'reduced/table3.yaml'));
    const { cells } = loadSweep(join(experiments, 'reduced/best.yaml'));
    const plan = await planSweep({ ...table, cells: [...table.cells, ...cells] }, null, data, 'AVX-512');
    expect(share(plan, 'training of clients')).toMatchObject({ asked: 700, distinct: 600 });
    expect(share(plan, 'warm-up')).toMatchObject({ asked: 7, distinct: 3 });
    // Of the untrained network and after the last round.
    expect(share(plan, 'samples')).toMatchObject({ asked: 14, distinct: 7 + 2 });
  });

  it('says of a finished run that all of it is done, whoever was removed in it', async () => {
    const store = new MemoryStore();
    const sweep = loadSweep(join(experiments, 'reduced/table3.yaml'));
    const { run, experiment, settingsHash } = sweep.cells[2]!.loaded;
    const document = { run, experiment: experiment.name, settingsHash, state: 'finished' } as RunDocument;
    await new RunStore(store).put(document);
    const before = new Set(store.objects.keys());
    const plan = await planSweep(sweep, store, data, 'AVX-512');
    expect(plan.cells.map(({ state }) => state)).toEqual([null, null, 'finished', null, null, null]);
    expect(plan.cells[2]).toMatchObject({ seconds: 0, shared: 0, done: plan.cells[2]!.steps });
    // Its warm-up is that of the three other cells with the same β.
    expect(share(plan, 'warm-up')).toMatchObject({ asked: 6, distinct: 3, done: 1 });
    expect(share(plan, 'training of clients')).toMatchObject({ distinct: 600, done: 100 });
    expect(new Set(store.objects.keys())).toEqual(before);
  });

  it('of an experiment is that of its one cell', async () => {
    const plan = await planned('tiny.yaml');
    expect(plan.cells).toHaveLength(1);
    expect(plan.trainingSteps).toBe(2 * 2 * 20 + 10);
  });
});

describe('speed', () => {
  const work = (kind: string, units: number, assumedSeconds = 0.01): Work => ({
    step: 'train',
    kind,
    units,
    assumedSeconds,
  });

  it('is that of the same work; else as many times what is assumed as other work has taken; else that', () => {
    const known = speedFrom([{ work: work('a', 100), seconds: 10 }], 'AVX-512');
    expect(known.secondsOf(work('a', 200))).toMatchObject({
      basis: 'measured',
      seconds: expect.closeTo(20.1),
    });
    // 0.1 s instead of 0.01 s.
    expect(known.secondsOf(work('b', 100, 0.03))).toMatchObject({
      basis: 'scaled',
      seconds: expect.closeTo(30.1),
    });
    expect(known.secondsOf({ ...work('b', 100), step: 'generate' })).toMatchObject({
      basis: 'assumed',
      seconds: expect.closeTo(1.1),
    });
  });

  it('is half of what is assumed on a machine without AVX-512, and what is measured there whatever it has', () => {
    const here = speedFrom([{ work: work('a', 100), seconds: 10 }], 'AVX2');
    expect(here.secondsOf(work('a', 200)).seconds).toBeCloseTo(20.1);
    expect(here.secondsOf(work('b', 100, 0.03)).seconds).toBeCloseTo(30.1);
    expect(here.secondsOf({ ...work('b', 100), step: 'generate' }).seconds).toBeCloseTo(2.1);
    expect(vectorsIn('processor : 0\nflags\t\t: fpu avx2 avx512f avx512bw\n')).toBe('AVX-512');
    expect(vectorsIn('processor : 0\nflags\t\t: fpu avx2\nbugs\t\t: avx512f\n')).toBe('AVX2');
  });

  it('does not depend on a step that had to compile its network first', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e3, noNaN: true }), (compiling) => {
        const steps = [1 + compiling, 1, 1, 1].map((seconds) => ({ work: work('a', 10), seconds }));
        expect(speedFrom(steps, 'AVX-512').secondsOf(work('a', 10)).seconds).toBeCloseTo(1.1);
      }),
    );
  });
});

describe('work', () => {
  const { experiment } = loadSweep(join(experiments, 'reduced/ddpm.yaml')).cells[0]!.loaded;
  const network = { imageSize: 16, model: experiment.model, diffusion: experiment.diffusion };

  it('of samples is their number times the steps that each takes', () => {
    const work = workOf(
      'generate',
      { network: { ...network, sampling: experiment.sampling }, count: 250 },
      0,
      0,
    );
    expect(work!.units).toBe(250 * 25);
  });

  it('of the same network is of the same kind, however much it is', () => {
    const kind = (steps: number, batchSize: number) =>
      workOf('train', { network, training: { ...experiment.training, batchSize }, strategy: null }, steps, 0)!
        .kind;
    expect(kind(10, 32)).toBe(kind(20, 32));
    expect(kind(10, 32)).not.toBe(kind(10, 64));
  });
});
