import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi, type MockInstance } from 'vitest';
import type { Access } from '../../../cli/access.ts';
import { sweep } from '../../../cli/sweep.ts';
import { RunStore } from '../../../phoenix/storage/runs.ts';
import { sweepKey, SweepStore } from '../../../phoenix/storage/sweeps.ts';
import type { SweepSubmission } from '../../../workflows/sweep.ts';
import { FakeWorkflows } from '../../helpers/fake-workflows.ts';
import { MemoryStore } from '../../helpers/memory-store.ts';

let folder: string;
let access: Access;
let store: MemoryStore;
let server: FakeWorkflows;
let said: MockInstance;
let printed: MockInstance;

vi.mock('../../../cli/access.ts', () => ({
  withAccess: (body: (access: Access) => Promise<void>) => body(access),
}));

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sweep-'));
  store = new MemoryStore();
  server = new FakeWorkflows();
  access = {
    client: server.client,
    runs: new RunStore(store),
    sweeps: new SweepStore(store),
    connection: { ui: null, namespace: 'default' },
  } as unknown as Access;
  said = vi.spyOn(console, 'error').mockImplementation(() => {});
  printed = vi.spyOn(console, 'log').mockImplementation(() => {});
});

afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

function write(name: string, rates: string): string {
  const file = join(folder, `${name}.yaml`);
  const base = resolve('experiments/tiny.yaml');
  writeFileSync(file, `name: rates\nbase: ${base}\naxes: { training.learningRate: [${rates}] }\n`);
  return file;
}

const submitted = (): SweepSubmission => {
  const [id, submission] = server.told.at(-1) as [string, SweepSubmission];
  expect(id).toBe('sweep/rates');
  return submission;
};

/** As the sweep would have written it. */
async function publish({ name, sweepHash, maxParallel, cells }: SweepSubmission): Promise<void> {
  const startedAt = new Date(0).toISOString();
  const state = { state: 'running', paused: false, startedAt, finishedAt: null } as const;
  await access.sweeps.put({ name, sweepHash, maxParallel, ...state, cells });
}

describe('a sweep that is submitted', () => {
  it('is started, and says its runs', async () => {
    await sweep(write('rates', '0.1, 0.2'), { maxParallel: 3, detach: true, json: true });
    const { maxParallel, retryFailed, cells } = submitted();
    expect([maxParallel, retryFailed]).toEqual([3, false]);
    expect(cells.map(({ label, state }) => [label, state])).toEqual([
      ['training.learningRate=0.1', 'waiting'],
      ['training.learningRate=0.2', 'waiting'],
    ]);
    expect(JSON.parse(printed.mock.calls[0]![0])).toMatchObject({
      sweep: 'rates',
      runs: cells.map(({ run }) => run),
    });
    expect(said).not.toHaveBeenCalled();
  });

  it('is told its new cells where it runs, and says how many it forgets: the file may be another one', async () => {
    await sweep(write('rates', '0.1, 0.2'), { maxParallel: 2, detach: true });
    await publish(submitted());
    const other = write('other', '0.2, 0.3, 0.4');
    await sweep(other, { maxParallel: 2, detach: true });
    expect(submitted().cells).toHaveLength(3);
    expect(said.mock.calls).toEqual([
      [
        `1 of the cells that rates had are not in ${other}: it forgets them, but those under way go on, and their runs stay`,
      ],
    ]);
  });

  it('is begun anew where what was known of it is damaged, and that is set aside', async () => {
    const file = write('rates', '0.1, 0.2');
    await sweep(file, { maxParallel: 2, detach: true });
    const first = submitted();
    await publish({ ...first, cells: first.cells.map((cell) => ({ ...cell, state: 'failed' })) });
    const key = sweepKey('rates');
    const damaged = store.objects.get(key)!.with(9, 0);
    store.objects.set(key, damaged);
    await sweep(file, { maxParallel: 2, detach: true });
    expect(submitted().cells.map(({ state }) => state)).toEqual(['waiting', 'waiting']);
    expect(said.mock.calls).toEqual([
      [
        expect.stringMatching(
          /^what is known of the sweep rates is damaged: the object sweeps\/rates\.json is corrupt: .*; it is set aside, and the sweep begun anew$/,
        ),
      ],
    ]);
    const aside = [...store.objects].filter(([other]) => other.startsWith(`quarantine/${key}/`));
    expect(aside.map(([, bytes]) => bytes)).toEqual([damaged]);
    expect(store.objects.has(key)).toBe(false);
  });
});
