/** Sweeps from the command line, on the real servers: killed in the middle, with a cell that fails, longer than before. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FullRun, StepRecord } from '../../phoenix/federation/records.ts';
import type { SweepCell } from '../../phoenix/federation/sweep.ts';
import { blobKey } from '../../phoenix/storage/blobs.ts';
import { root, Stack } from '../helpers/stack.ts';

const TINY = join(root, 'experiments/tiny.yaml');

let folder: string;
let stack: Stack;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'phoenix-sweep-'));
  stack = await Stack.start();
});

afterAll(async () => {
  await stack.stop();
  rmSync(folder, { recursive: true });
});

function write(name: string, text: string): string {
  const file = join(folder, `${name}.yaml`);
  writeFileSync(file, `name: ${name}\nbase: ${TINY}\n${text}`);
  return file;
}

interface Shown {
  readonly state: string;
  readonly cells: readonly SweepCell[];
}

async function sweep(file: string, ...options: string[]): Promise<Shown & { code: number; stderr: string }> {
  const { code, stdout, stderr } = await stack.execute('sweep', file, '--json', ...options);
  return { ...(JSON.parse(stdout) as Shown), code, stderr };
}

const shown = async (run: string): Promise<FullRun> =>
  JSON.parse(await stack.phoenix('show', run, '--json')) as FullRun;

const trainingOf = (run: FullRun): StepRecord[] =>
  [...run.steps, ...run.rounds.flatMap(({ steps }) => steps)].filter(({ label }) => /· train,/.test(label));

/** When each run was started last. */
async function starts(): Promise<Map<string, string>> {
  const { runs } = JSON.parse(await stack.phoenix('status', '--json')) as {
    runs: { run: string; startedAt: string }[];
  };
  return new Map(runs.map(({ run, startedAt }) => [run, startedAt]));
}

describe('a sweep with the axes of the paper’s table 3', () => {
  const axes = (alphas: string) => `
axes:
  data.sharing.beta: [1, 2, ${alphas.replaceAll(/\d+/g, '4')}]
  data.sharing.alpha: [100, 100, ${alphas}]
zip: [[data.sharing.beta, data.sharing.alpha]]
set:
  data.sharing.serverImages: 2000
  data.sharing.warmup.steps: 300
  training.steps: 100
  federation.rounds: 1
  checkpoint.seconds: 0.2
`;

  it('that is killed in the middle and run again trains nothing twice, and three warm-ups for six cells', async () => {
    const file = write('table3', axes('100, 25, 50, 75'));
    const { runs } = JSON.parse(await stack.phoenix('sweep', file, '--detach', '--json')) as {
      runs: string[];
    };
    await stack.untilStep(runs[0]!, /^warm-up · train/, 50);
    stack.kill('gpu-worker');
    await stack.untilStep(runs[2]!, /^warm-up · train/, 50);
    for (const name of ['gpu-worker', 'orchestrator-worker', 'temporal']) stack.kill(name);
    const { code, state, cells } = await sweep(file);
    expect([code, state, cells.length]).toEqual([0, 'finished', 6]);
    expect(cells.map(({ run }) => run)).toEqual(runs);

    const all = await Promise.all(runs.map(shown));
    const training = all.flatMap(trainingOf);
    const warmups = training.filter(({ label }) => label.startsWith('warm-up'));
    expect(warmups).toHaveLength(6);
    expect(new Set(warmups.map(({ key }) => key)).size).toBe(3);
    // Each step was done by one cell, from its checkpoint where it was killed, and found by all others.
    const done = training.filter(({ reused }) => !reused);
    // The classifier, the warm-ups, and two clients of each cell.
    expect(done).toHaveLength(1 + 3 + 6 * 2);
    expect(new Set(done.map(({ key }) => key)).size).toBe(done.length);
    expect(done.filter(({ resumedFrom }) => resumedFrom !== null).length).toBeGreaterThanOrEqual(2);
  });

  it('computes only what is missing when an axis is longer', async () => {
    const before = await starts();
    const trained = (await stack.manifests()).filter(({ identity }) => identity.name === 'train').length;
    const { code, cells } = await sweep(write('table3', axes('100, 25, 50, 75, 10')));
    expect([code, cells.length]).toEqual([0, 7]);
    const after = await starts();
    expect([...after].filter(([run, at]) => before.get(run) !== at)).toHaveLength(1);
    const now = (await stack.manifests()).filter(({ identity }) => identity.name === 'train').length;
    expect(now - trained).toBe(2);
  });

  it('is shown, verified, and over for whoever would hold it', async () => {
    expect(await stack.phoenix('status', 'table3')).toMatch(
      /^table3: finished, 7 of 7 rounds, 7 cells \(7 finished\)/,
    );
    expect(await stack.phoenix('status', 'table3', '--watch')).toMatch(/β 4 %, α 10 % +finished +1\/1/);
    expect(await stack.phoenix('verify', 'table3')).toMatch(/^\d{3} objects, 0 with problems$/m);
    expect(await stack.execute('pause', 'table3')).toMatchObject({
      code: 2,
      stderr: 'table3 is not open any more, but finished; `npx phoenix status table3` shows its cells\n',
    });
  });
});

describe('a sweep in which a cell fails', () => {
  const settings = ['data.sharing=null', 'filtering=null', 'training.steps=5'];
  const file = () =>
    write(
      'rates',
      `
axes: { training.learningRate: [0.001, 0.002, 0.003, 0.004, 0.005, 0.006] }
set:
  data.sharing: null
  filtering: null
  training.steps: 5
`,
    );

  it('finishes the others and ends with 3; the failed one alone is tried again', async () => {
    // What a cell needs for its second round has been damaged.
    const first = await stack.finish(TINY, [
      ...settings,
      'training.learningRate=0.004',
      'federation.rounds=1',
    ]);
    const damaged = stack.file(blobKey(first.rounds[0]!.aggregated));
    const bytes = readFileSync(damaged);
    writeFileSync(
      damaged,
      bytes.map((byte, at) => (at === 0 ? byte ^ 1 : byte)),
    );

    const failed = await sweep(file());
    expect(failed.code).toBe(3);
    expect(failed.stderr).toContain('not all of its cells have finished: 1 failed');
    expect(failed.cells.map(({ state }) => state)).toEqual(
      [1, 2, 3, 4, 5, 6].map((cell) => (cell === 4 ? 'failed' : 'finished')),
    );
    expect(failed.cells[3]!.failure).toMatchObject({ type: 'CorruptObject' });

    const before = await starts();
    const same = await sweep(file());
    expect([same.code, same.cells[3]!.state]).toEqual([3, 'failed']);
    expect(await starts()).toEqual(before);

    writeFileSync(damaged, bytes);
    const retried = await sweep(file(), '--retry-failed');
    expect(retried.code).toBe(0);
    const after = await starts();
    expect([...after].filter(([run, at]) => before.get(run) !== at).map(([run]) => run)).toEqual([
      failed.cells[3]!.run,
    ]);
  });

  it('is refused whole where its file is wrong', async () => {
    const wrong = write('wrong', 'axes: { training.stepz: [1, 2] }\n');
    const { code, stderr } = await stack.execute('sweep', wrong);
    expect(code).toBe(2);
    expect(stderr).toMatch(/wrong\.yaml:3:\d+ .*training\.stepz/);
    expect((await stack.execute('status', 'wrong')).code).toBe(2);
    expect((await stack.execute('sweep', file(), '--max-parallel', '0')).code).toBe(2);
  });
});
