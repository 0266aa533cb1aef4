import { describe, expect, it } from 'vitest';
import { SweepWatcher } from '../../../cli/sweep-watcher.ts';
import { listSweepNames, listSweeps, sweepState } from '../../../cli/sweeps.ts';
import type { CellProgress, SweepDocument } from '../../../phoenix/federation/sweep.ts';
import { runKey, RunStore } from '../../../phoenix/storage/runs.ts';
import { SweepStore } from '../../../phoenix/storage/sweeps.ts';
import { exampleCell, exampleSweep } from '../../helpers/example-sweep.ts';
import { FakeWorkflows } from '../../helpers/fake-workflows.ts';
import { MemoryStore } from '../../helpers/memory-store.ts';

const rounds = (count: number) => Array.from({ length: count }, (_, r) => [r, r + 1] as const);
const finished = exampleCell({ run: 'tiny-a', state: 'finished' }, rounds(10));
const running = exampleCell({ run: 'tiny-b' }, rounds(3));
const waiting = exampleCell({ run: 'tiny-c', state: 'waiting' });

/** As the sweep's workflow has it. */
const bare = (sweep: SweepDocument<CellProgress>): SweepDocument => ({
  ...sweep,
  cells: sweep.cells.map((cell) => {
    const { document: _, ...own } = cell;
    return own;
  }),
});

/** A store and a server with a sweep of three cells, of which one runs; the store knows less of it than the server. */
async function stand() {
  const objects = new MemoryStore();
  const [runs, sweeps] = [new RunStore(objects), new SweepStore(objects)];
  const sweep = bare(exampleSweep([finished, running, waiting]));
  await runs.put(finished.document!);
  await runs.put({ ...running.document!, rounds: [] });
  await sweeps.put(bare(exampleSweep([finished, { ...running, state: 'waiting' }, waiting])));
  const server = new FakeWorkflows();
  const workflow = { status: 'RUNNING', historyLength: 10 } as const;
  server.workflows.set('sweep/table3', { ...workflow, type: 'sweep', document: sweep });
  server.workflows.set('tiny-b', { ...workflow, type: 'experiment', document: running.document });
  const reads: string[] = [];
  const get = objects.get.bind(objects);
  objects.get = async (key) => {
    reads.push(key);
    return get(key);
  };
  const change = (id: string, changes: object) =>
    server.workflows.set(id, { ...server.workflows.get(id)!, ...changes });
  return { objects, runs, sweeps, server, client: server.client, reads, change };
}

const glance = (sweep: SweepDocument<CellProgress> | null) =>
  sweep!.cells.map(({ run, state, document }) => [run, state, document?.rounds.length ?? null]);

describe('a sweep as it goes on', () => {
  it('is told by its workflow and those of its cells, and by the store', async () => {
    const { client, runs, sweeps } = await stand();
    expect(glance(await new SweepWatcher({ client, runs, sweeps }, 'table3').look())).toEqual([
      ['tiny-a', 'finished', 10],
      ['tiny-b', 'running', 3],
      ['tiny-c', 'waiting', null],
    ]);
  });

  it.each(['store', 'server'] as const)('is told by the %s alone', async (who) => {
    const { client, runs, sweeps } = await stand();
    const access = who === 'store' ? { client: null, runs, sweeps } : { client, runs: null, sweeps: null };
    expect(glance(await new SweepWatcher(access, 'table3').look())).toEqual(
      who === 'store'
        ? [
            ['tiny-a', 'finished', 10],
            ['tiny-b', 'waiting', 0],
            ['tiny-c', 'waiting', null],
          ]
        : [
            ['tiny-a', 'finished', null],
            ['tiny-b', 'running', 3],
            ['tiny-c', 'waiting', null],
          ],
    );
  });

  it('asks only for what is new', async () => {
    const { client, runs, sweeps, server, reads, change } = await stand();
    const watcher = new SweepWatcher({ client, runs, sweeps }, 'table3');
    await watcher.look();
    const asked = [server.queried.length, reads.length];
    await watcher.look();
    expect([server.queried.length, reads.length]).toEqual(asked);
    const four = exampleCell({ run: 'tiny-b' }, rounds(4)).document;
    change('tiny-b', { historyLength: 20, document: four });
    expect(glance(await watcher.look())[1]).toEqual(['tiny-b', 'running', 4]);
    expect(server.queried.slice(asked[0])).toEqual(['tiny-b']);
    expect(reads).toHaveLength(asked[1]!);
  });

  it('keeps what it knows while no worker answers', async () => {
    const { client, runs, sweeps, change } = await stand();
    const watcher = new SweepWatcher({ client, runs, sweeps }, 'table3');
    await watcher.look();
    change('sweep/table3', { historyLength: 30, document: null });
    change('tiny-b', { historyLength: 30, document: null });
    const { state, cells } = (await watcher.look())!;
    expect(state).toBe('running');
    expect(cells[1]!.document!.run).toBe('tiny-b');
  });

  it('believes the server when workflows were terminated', async () => {
    const { client, runs, sweeps, change } = await stand();
    await sweeps.put(bare(exampleSweep([finished, running, waiting])));
    change('sweep/table3', { status: 'TERMINATED' });
    change('tiny-b', { status: 'TERMINATED' });
    const sweep = (await new SweepWatcher({ client, runs, sweeps }, 'table3').look())!;
    expect(sweep.state).toBe('cancelled');
    expect(sweep.cells.map(({ state }) => state)).toEqual(['finished', 'cancelled', 'waiting']);
    expect(sweep.cells.map(({ document }) => document?.state)).toEqual(['finished', 'cancelled', undefined]);
  });

  it('sees that somebody has resumed a cell by hand', async () => {
    const { client, runs, sweeps, change } = await stand();
    const failed = { ...running, state: 'failed', failure: { type: 'Error', message: 'gone' } } as const;
    await sweeps.put(bare(exampleSweep([finished, failed], { state: 'finished' })));
    change('sweep/table3', { status: 'COMPLETED' });
    const { state, cells } = (await new SweepWatcher({ client, runs, sweeps }, 'table3').look())!;
    expect(state).toBe('finished');
    expect(cells[1]).toMatchObject({ state: 'running', failure: null });
    expect(cells[1]!.document!.rounds).toHaveLength(3);
  });

  it('says damaged documents', async () => {
    const { client, runs, sweeps, objects } = await stand();
    objects.damage(runKey('tiny', 'tiny-a'), 30);
    await expect(new SweepWatcher({ client, runs, sweeps }, 'table3').look()).rejects.toThrow(
      runKey('tiny', 'tiny-a'),
    );
  });

  it('must be there', async () => {
    const { client, runs, sweeps } = await stand();
    await expect(new SweepWatcher({ client, runs, sweeps }, 'other').look()).rejects.toThrow(
      'there is no sweep other',
    );
  });
});

describe('all sweeps', () => {
  it('are those of the server, and those that it has forgotten', async () => {
    const { client, sweeps } = await stand();
    const old = exampleSweep([finished], { name: 'old', state: 'finished' });
    await sweeps.put(bare(old));
    const listed = await listSweeps(client, sweeps);
    expect(listed.map(({ sweep, state, cells }) => [sweep, state, cells?.map((cell) => cell.state)])).toEqual(
      [
        ['old', 'finished', ['finished']],
        ['table3', 'running', ['finished', 'running', 'waiting']],
      ],
    );
    expect((await listSweepNames(client, sweeps)).toSorted()).toEqual(['old', 'table3']);
    expect(await listSweepNames(null, null)).toEqual([]);
    const [, stored] = await listSweeps(null, sweeps);
    expect(stored).toMatchObject({ sweep: 'table3', state: 'running' });
  });

  it('may have nothing to say of their cells', async () => {
    const { client, change } = await stand();
    change('sweep/table3', { document: null });
    expect(await listSweeps(client, null)).toMatchObject([{ sweep: 'table3', cells: null }]);
  });

  it('end as their workflows do', () => {
    expect((['RUNNING', 'COMPLETED', 'CANCELLED', 'TERMINATED', 'FAILED'] as const).map(sweepState)).toEqual([
      'running',
      'finished',
      'cancelled',
      'cancelled',
      'cancelled',
    ]);
  });
});
