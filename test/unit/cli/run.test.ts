import { expect, it } from 'vitest';
import { BadInput } from '../../../cli/errors.ts';
import { unmarked } from '../../../cli/run.ts';
import { loadExperiment } from '../../../phoenix/config/load.ts';
import { RunStore } from '../../../phoenix/storage/runs.ts';
import { MemoryStore } from '../../helpers/memory-store.ts';
import { run } from '../report/example-run.ts';

const loaded = loadExperiment('experiments/tiny.yaml');
const called = (name: string, steered: boolean) => ({ ...run, run: name, experiment: 'tiny', steered });

it('never takes a run that was changed by hand for what its settings say', async () => {
  const runs = new RunStore(new MemoryStore());
  expect((await unmarked(runs, loaded, false)).run).toBe(loaded.run);
  await runs.put(called(loaded.run, false));
  expect((await unmarked(runs, loaded, true)).run).toBe(loaded.run);
  await runs.put(called(loaded.run, true));
  await expect(unmarked(runs, loaded, false)).rejects.toThrow(BadInput);
  expect((await unmarked(runs, loaded, true)).run).toBe(`${loaded.run}-2`);
  await runs.put(called(`${loaded.run}-2`, true));
  expect((await unmarked(runs, loaded, true)).run).toBe(`${loaded.run}-3`);
});

it('never takes a run whose clients missed a deadline for one whose clients did not', async () => {
  const runs = new RunStore(new MemoryStore());
  await runs.put({ ...called(loaded.run, false), timingDependent: true });
  await expect(unmarked(runs, loaded, false)).rejects.toThrow(
    /went on without clients that missed its deadline; --fresh starts another run/,
  );
  expect((await unmarked(runs, loaded, true)).run).toBe(`${loaded.run}-2`);
});
