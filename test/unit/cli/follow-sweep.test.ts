import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { explain } from '../../../cli/errors.ts';
import { type CellsFailed, demandFinished, followSweep } from '../../../cli/follow-sweep.ts';
import type { Access } from '../../../cli/access.ts';
import type { SweepDisplay } from '../../../cli/sweep-display.ts';
import { TemporalUnreachable } from '../../../cli/temporal.ts';
import { RunStore } from '../../../phoenix/storage/runs.ts';
import { StoreUnreachable } from '../../../phoenix/storage/store-errors.ts';
import { SweepStore } from '../../../phoenix/storage/sweeps.ts';
import { exampleCell, exampleSweep } from '../../helpers/example-sweep.ts';
import { FakeWorkflows } from '../../helpers/fake-workflows.ts';
import { MemoryStore } from '../../helpers/memory-store.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'performance', 'Date'] });
});
afterEach(() => vi.useRealTimers());

// Timers as promises are not faked: every pause is over at once, and moves the clock.
vi.mock('node:timers/promises', () => ({
  setTimeout: async (milliseconds: number) => void vi.advanceTimersByTime(milliseconds),
}));

/** A sweep of two cells; `happen` is called before every look. */
function stand(happen: (look: number, server: FakeWorkflows, store: MemoryStore) => void) {
  const store = new MemoryStore();
  const server = new FakeWorkflows();
  const running = (historyLength: number) => {
    const cells = [exampleCell({ run: 'a', state: 'finished' }), exampleCell({ run: 'b', state: 'waiting' })];
    const document = exampleSweep(cells);
    server.workflows.set('sweep/table3', { type: 'sweep', status: 'RUNNING', historyLength, document });
  };
  running(1);
  let looks = 0;
  const client = server.client;
  client.withDeadline = async (deadline, ask) => {
    const isLook = Number(deadline) - Date.now() > 5000;
    if (isLook) happen(++looks, server, store);
    return ask();
  };
  const access = {
    client,
    connection: { temporal: { address: 'localhost:7233' } },
    runs: new RunStore(store),
    sweeps: new SweepStore(store),
  } as unknown as Access;
  const shown: string[] = [];
  const said: string[] = [];
  let isClosed = false;
  const display: SweepDisplay = {
    say: (line) => said.push(line),
    show: ({ state }) => shown.push(state),
    close: () => (isClosed = true),
  };
  const end = (state: 'finished' | 'cancelled') => {
    const failed = exampleCell({ run: 'b', state: 'failed' });
    const document = exampleSweep([exampleCell({ run: 'a', state: 'finished' }), failed], { state });
    server.workflows.set('sweep/table3', { type: 'sweep', status: 'COMPLETED', historyLength: 9, document });
    return access.sweeps.put(document);
  };
  return { access, display, shown, said, end, closed: () => isClosed };
}

describe('following a sweep', () => {
  it('ends with it', async () => {
    const world = stand((look) => void (look === 3 && world.end('finished')));
    const sweep = await followSweep(world.access, 'table3', world.display, new AbortController().signal);
    expect(world.shown).toEqual(['running', 'running', 'finished']);
    expect(sweep!.cells.map(({ state }) => state)).toEqual(['finished', 'failed']);
    expect(world.closed()).toBe(true);
  });

  it('can be stopped, and the sweep goes on', async () => {
    const controller = new AbortController();
    const world = stand((look) => look === 2 && controller.abort());
    expect(await followSweep(world.access, 'table3', world.display, controller.signal)).toBe(null);
    expect(world.closed()).toBe(true);
  });

  it('waits for servers that are away for a while, and says so', async () => {
    const world = stand((look, server, store) => {
      server.silent = look >= 2 && look < 20 ? 1 : 0;
      store.get = async (key) => {
        if (look >= 21 && look < 40) throw new StoreUnreachable('s3', new Error('ECONNREFUSED'));
        return store.objects.get(key) ?? null;
      };
      if (look === 21)
        server.workflows.set('sweep/table3', { ...server.workflows.get('sweep/table3')!, historyLength: 2 });
      if (look === 40) void world.end('finished');
    });
    const sweep = await followSweep(world.access, 'table3', world.display, new AbortController().signal);
    expect(sweep!.state).toBe('finished');
    expect(world.said).toEqual([
      'Temporal does not answer: waiting for it',
      'The store does not answer: waiting for it',
    ]);
  });

  it('gives up after a minute', async () => {
    const world = stand((look, server) => void (look >= 2 && (server.silent = 1)));
    const following = followSweep(world.access, 'table3', world.display, new AbortController().signal);
    await expect(following).rejects.toThrow(TemporalUnreachable);
    expect(world.closed()).toBe(true);
  });

  it('waits for a worker', async () => {
    const world = stand((look, server) => {
      const { document, ...workflow } = server.workflows.get('sweep/table3')!;
      if (look === 1) {
        begun = document;
        server.workflows.set('sweep/table3', { ...workflow, document: null });
      }
      if (look === 3) server.workflows.set('sweep/table3', { ...workflow, document: begun });
      if (look === 4) void world.end('finished');
    });
    let begun: unknown;
    await followSweep(world.access, 'table3', world.display, new AbortController().signal);
    expect(world.said).toEqual(['table3 waits for a worker']);
    expect(world.shown).toEqual(['running', 'finished']);
  });

  it('does not wait for a sweep that there is not', async () => {
    const world = stand(() => {});
    const following = followSweep(world.access, 'other', world.display, new AbortController().signal);
    await expect(following).rejects.toThrow('there is no sweep other');
  });
});

describe('a sweep that is over', () => {
  const done = exampleCell({ run: 'a', state: 'finished' });

  it('ends with exit code 3 where cells have not finished', () => {
    const printed = vi.spyOn(console, 'error').mockImplementation(() => {});
    const cells = [
      done,
      exampleCell({ run: 'b', state: 'failed' }),
      exampleCell({ run: 'c', state: 'waiting' }),
    ];
    const sweep = exampleSweep(cells, { state: 'cancelled' });
    try {
      demandFinished(sweep);
      expect.unreachable();
    } catch (error) {
      expect((error as CellsFailed).cells.map(({ run }) => run)).toEqual(['b', 'c']);
      expect(explain(error)).toBe(3);
      expect(printed).toHaveBeenCalledWith(
        'table3 is over, and not all of its cells have finished: 1 failed, 1 waiting',
      );
    }
    printed.mockRestore();
  });

  it('is well where all have, and while it goes on', () => {
    demandFinished(exampleSweep([done], { state: 'finished' }));
    demandFinished(exampleSweep([done, exampleCell({ run: 'b', state: 'failed' })]));
  });
});
