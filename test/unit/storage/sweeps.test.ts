import { describe, expect, it } from 'vitest';
import type { RunDocument } from '../../../phoenix/federation/records.ts';
import type { SweepCell, SweepDocument } from '../../../phoenix/federation/sweep.ts';
import { RunStore } from '../../../phoenix/storage/runs.ts';
import { CorruptSweep, sweepKey, SweepStore } from '../../../phoenix/storage/sweeps.ts';
import { MemoryStore } from '../../helpers/memory-store.ts';

const cell = (run: string, state: SweepCell['state']): SweepCell => ({
  label: run,
  experiment: 'tiny',
  run,
  rounds: 2,
  state,
  failure: null,
});

const document: SweepDocument = {
  name: 'grid',
  sweepHash: 'ab',
  state: 'running',
  paused: false,
  maxParallel: 2,
  startedAt: '2026-01-01T00:00:00.000Z',
  finishedAt: null,
  cells: [cell('tiny-1', 'finished'), cell('tiny-2', 'waiting')],
};

describe('sweeps in the store', () => {
  it('come back with what their runs have written', async () => {
    const store = new MemoryStore();
    const run = { run: 'tiny-1', experiment: 'tiny', state: 'finished', failure: null, rounds: [] };
    await new RunStore(store).put(run as unknown as RunDocument);
    const sweeps = new SweepStore(store);
    await sweeps.put(document);
    const found = await sweeps.get('grid');
    expect(found).toEqual({
      ...document,
      cells: [
        { ...document.cells[0], document: run },
        { ...document.cells[1], document: null },
      ],
    });
    expect(await sweeps.get('other')).toBeNull();
  });

  it('are named when they are damaged', async () => {
    const store = new MemoryStore();
    const sweeps = new SweepStore(store);
    await sweeps.put(document);
    store.objects.set(sweepKey('grid'), store.objects.get(sweepKey('grid'))!.with(20, 0));
    const damage = await sweeps.get('grid').catch((error: unknown) => error);
    expect(damage).toBeInstanceOf(CorruptSweep);
    expect(damage).toMatchObject({ sweep: 'grid', cause: { key: 'sweeps/grid.json' } });
  });

  it('are listed by name', async () => {
    const sweeps = new SweepStore(new MemoryStore());
    for (const name of ['other', 'grid']) await sweeps.put({ ...document, name });
    const names: string[] = [];
    for await (const name of sweeps.list()) names.push(name);
    expect(names).toEqual(['grid', 'other']);
  });
});
