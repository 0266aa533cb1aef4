import { expect, it } from 'vitest';
import { BadInput } from '../../../cli/errors.ts';
import { subjectsNamed } from '../../../cli/report-subjects.ts';
import type { PartialAccess } from '../../../cli/access.ts';
import { RunStore } from '../../../phoenix/storage/runs.ts';
import { SweepStore } from '../../../phoenix/storage/sweeps.ts';
import { MemoryStore } from '../../helpers/memory-store.ts';
import { runs, sweep } from '../report/example-report.ts';
import { run } from '../report/example-run.ts';

/** A store with a sweep, its runs, and another run whose experiment has the sweep's name. */
async function access(): Promise<Pick<PartialAccess, 'client' | 'runs' | 'sweeps'>> {
  const store = new MemoryStore();
  const documents = new RunStore(store);
  for (const document of runs) await documents.put(document);
  await documents.put({ ...run, run: 'example-sweep-0123456789', experiment: 'example-sweep' });
  const cells = sweep.cells.map(({ document: _document, ...cell }) => cell);
  const sweeps = new SweepStore(store);
  await sweeps.put({ ...sweep, cells });
  return { client: null, runs: documents, sweeps };
}

const names = async (...wanted: string[]) => {
  const { sweeps, documents } = await (await subjectsNamed(wanted, await access()))();
  return [sweeps.map(({ name }) => name), documents.map((document) => document.run)];
};

it('takes a name for a sweep before it takes it for an experiment', async () => {
  expect(await names('example-sweep')).toEqual([['example-sweep'], runs.map((own) => own.run)]);
  expect(await names('example-sweep-0123456789')).toEqual([[], ['example-sweep-0123456789']]);
});

it('has each run once, whoever named it', async () => {
  const [first] = runs;
  expect(await names(first!.run, 'example-sweep', first!.run)).toEqual([
    ['example-sweep'],
    runs.map((own) => own.run),
  ]);
});

it('has cells without a document where they have left nothing', async () => {
  const { sweeps } = await (await subjectsNamed(['example-sweep'], await access()))();
  expect(sweeps[0]!.cells.map(({ document }) => document?.run ?? null)).toEqual([
    ...runs.map((own) => own.run),
    null,
    null,
  ]);
});

it('tells what is new when it is asked again', async () => {
  const all = await access();
  const [first] = runs;
  const look = await subjectsNamed([first!.run], all);
  expect((await look()).documents[0]!.phase).toBe('finished');
  await all.runs!.put({ ...first!, phase: 'round 4' });
  expect((await look()).documents[0]!.phase).toBe('round 4');
});

it('says which runs there are for a name that there is not', async () => {
  await expect(names('nothing')).rejects.toThrow(BadInput);
});
