import { expect, it } from 'vitest';
import type { RunDocument } from '../../../phoenix/federation/records.ts';
import { RunStore } from '../../../phoenix/storage/runs.ts';
import { MemoryStore } from '../../helpers/memory-store.ts';

const document = (experiment: string, run: string) =>
  ({ experiment, run, state: 'running', phase: 'round 1' }) as RunDocument;

async function names(runs: RunStore, experiment?: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { run } of runs.list(experiment)) found.push(run);
  return found;
}

it('keeps the newest state of a run', async () => {
  const runs = new RunStore(new MemoryStore());
  expect(await runs.get('a', 'a-1')).toBeNull();
  await runs.put(document('a', 'a-1'));
  await runs.put({ ...document('a', 'a-1'), state: 'finished' });
  expect(await runs.get('a', 'a-1')).toEqual({ ...document('a', 'a-1'), state: 'finished' });
});

it('lists run documents only, of one experiment or of all', async () => {
  const store = new MemoryStore();
  const runs = new RunStore(store);
  await runs.put(document('ab', 'ab-1'));
  await runs.put(document('a', 'a-2'));
  await runs.put(document('a', 'a-1'));
  await store.put('runs/a/a-1/round-01.history', new Uint8Array());
  expect(await names(runs)).toEqual(['a-1', 'a-2', 'ab-1']);
  expect(await names(runs, 'a')).toEqual(['a-1', 'a-2']);
});
