import { afterEach, beforeEach, describe, expect, it, vi, type MockInstance } from 'vitest';
import type { PartialAccess } from '../../../cli/access.ts';
import { printSweep } from '../../../cli/follow-sweep.ts';
import { statusOfSweep } from '../../../cli/status-sweep.ts';
import { RunStore } from '../../../phoenix/storage/runs.ts';
import { SweepStore } from '../../../phoenix/storage/sweeps.ts';
import { exampleCell, exampleSweep } from '../../helpers/example-sweep.ts';
import { FakeWorkflows } from '../../helpers/fake-workflows.ts';
import { MemoryStore } from '../../helpers/memory-store.ts';

let printed: MockInstance;
beforeEach(() => {
  printed = vi.spyOn(console, 'log').mockImplementation(() => {});
});
afterEach(() => printed.mockRestore());

const output = (): string => printed.mock.calls.map(([line]) => line as string).join('\n');

const failure = { type: 'Error', message: 'no such classes' };
const finished = exampleCell({ run: 'tiny-a', state: 'finished', rounds: 1 }, [[0, 5]]);
const failed = exampleCell({ run: 'tiny-b', label: 'β 15 %', state: 'failed', failure });

/** The store alone has it. */
async function stand(): Promise<PartialAccess> {
  const store = new MemoryStore();
  const [runs, sweeps] = [new RunStore(store), new SweepStore(store)];
  await runs.put(finished.document!);
  await sweeps.put(exampleSweep([finished, failed], { state: 'finished' }));
  const connection = { ui: 'http://127.0.0.1:8233', namespace: 'default' };
  return { client: null, runs, sweeps, connection } as unknown as PartialAccess;
}

describe('status of a sweep', () => {
  it('has its cells, why they failed, what to do, and where to look', async () => {
    await statusOfSweep('table3', await stand(), {});
    expect(output()).toMatch(/^table3: finished, 1 of 11 rounds, 2 cells \(1 failed, 1 finished\)\n/);
    expect(output()).toContain('β 15 % (tiny-b) failed: no such classes');
    expect(output()).toContain('`npx phoenix sweep FILE --retry-failed`');
    expect(output()).toContain('http://127.0.0.1:8233/namespaces/default/workflows/sweep%2Ftable3');
  });

  it('is data too', async () => {
    await statusOfSweep('table3', await stand(), { json: true });
    const metrics = {
      fid: 12,
      inceptionScore: { mean: 3.128, std: 0.114 },
      precision: 0.6,
      recall: 0.41,
    };
    expect(JSON.parse(output())).toMatchObject({
      sweep: 'table3',
      state: 'finished',
      left: null,
      cells: [
        { run: 'tiny-a', state: 'finished', rounds: { done: 1, total: 1 }, metrics, left: null },
        { run: 'tiny-b', state: 'failed', rounds: { done: 0, total: 10 }, metrics: null, failure },
      ],
    });
    expect(output()).not.toContain('"document"');
  });

  it('is unknown before a worker has taken it up', async () => {
    const server = new FakeWorkflows();
    server.workflows.set('sweep/new', { type: 'sweep', status: 'RUNNING', historyLength: 2, document: null });
    const access = { ...(await stand()), client: server.client };
    await expect(statusOfSweep('new', access, {})).rejects.toThrow(
      'new has been started, and waits for a worker',
    );
  });

  it.each([
    ['goes on', exampleSweep([failed]), '`npx phoenix status table3 --watch`'],
    ['is held', exampleSweep([failed], { paused: true }), '`npx phoenix resume table3`'],
    ['was cancelled', exampleSweep([failed], { state: 'cancelled' }), '`npx phoenix sweep FILE` '],
    ['has finished', exampleSweep([finished], { state: 'finished' }), '`npx phoenix show RUN`'],
  ])('says what can be done while it %s', (_, sweep, command) => {
    printSweep(sweep);
    expect(printed.mock.calls.at(-1)![0]).toContain(command);
  });
});
