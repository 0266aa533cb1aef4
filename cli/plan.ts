/** `phoenix plan`: what a sweep, or an experiment, would take. It changes nothing. */
import { DataSets, type DataSource } from '../phoenix/data/data-source.ts';
import { NoStack, resolveConnection } from '../infra/stack/connection.ts';
import { cifar10Folder } from '../phoenix/config/environment.ts';
import { loadSweep, type LoadedSweep } from '../phoenix/config/sweep.ts';
import type { RunState } from '../phoenix/federation/records.ts';
import { Blobs } from '../phoenix/storage/blobs.ts';
import { ObjectStore, type Objects } from '../phoenix/storage/object-store.ts';
import { RunStore } from '../phoenix/storage/runs.ts';
import { StoreUnreachable } from '../phoenix/storage/store-errors.ts';
import { printJson } from './json.ts';
import { emptyStore } from './plan/empty-store.ts';
import { planOf, type Plan } from './plan/plan.ts';
import { printPlan } from './plan/print.ts';
import { Rehearsals } from './plan/rehearsal.ts';
import { finishedWork, speedFrom } from './plan/speed.ts';
import { ownVectors, type Vectors } from './plan/vectors.ts';

export interface PlanOptions {
  readonly set?: readonly string[];
  readonly json?: true;
}

/** With the most that it can be where a rule of filtering leaves it open, otherwise null. */
export interface SweepPlan extends Plan {
  readonly name: string;
  readonly sweepHash: string;
  readonly most: Pick<Plan, 'trainingSteps' | 'seconds' | 'storedBytes' | 'movedBytes'> | null;
  /** Null: there was no store to ask. */
  readonly measuredSteps: number | null;
  /** What the two CPU cores have that assumed times are for. */
  readonly vectors: Vectors;
}

/** @throws SettingsError, DataFileMissing, DataFileCorrupt */
export async function plan(file: string, options: PlanOptions): Promise<void> {
  const sweep = loadSweep(file, options.set);
  const planned = await withStore((store) =>
    planSweep(sweep, store, new DataSets(cifar10Folder(), new Blobs(store ?? emptyStore)), ownVectors()),
  );
  if (options.json) printJson(planned);
  else printPlan(planned);
}

/** @param store null: there is none to ask what is done */
export async function planSweep(
  { name, sweepHash, cells }: LoadedSweep,
  store: Objects | null,
  data: DataSource,
  vectors: Vectors,
): Promise<SweepPlan> {
  const below = store ?? emptyStore;
  const [done, states] = await Promise.all([finishedWork(below), statesOf(cells, new RunStore(below))]);
  const speed = speedFrom(done, vectors);
  const all = new Rehearsals(below, data);
  const shared = await planOf(cells, all, speed, states, 'shared');
  const filtered = cells.some(({ loaded }) => loaded.experiment.filtering !== null);
  const apart = filtered && cells.length > 1 ? await planOf(cells, all, speed, states, 'apart') : null;
  const most = apart && {
    trainingSteps: apart.trainingSteps,
    seconds: apart.seconds,
    storedBytes: apart.storedBytes,
    movedBytes: apart.movedBytes,
  };
  return { name, sweepHash, ...shared, most, measuredSteps: store && speed.steps, vectors };
}

async function statesOf(cells: LoadedSweep['cells'], runs: RunStore): Promise<ReadonlyMap<string, RunState>> {
  const found = await Promise.all(
    cells.map(async ({ loaded: { run, experiment } }) => {
      const document = await runs.get(experiment.name, run);
      return document ? [[run, document.state] as const] : [];
    }),
  );
  return new Map(found.flat());
}

/** Null where there is no stack, or its store does not answer: a plan is possible without. */
async function withStore<T>(body: (store: ObjectStore | null) => Promise<T>): Promise<T> {
  const store = storeOfStack();
  try {
    const answers = store !== null && (await isServing(store));
    return await body(answers ? store : null);
  } finally {
    store?.close();
  }
}

function storeOfStack(): ObjectStore | null {
  try {
    return new ObjectStore(resolveConnection().storage);
  } catch (error) {
    if (error instanceof NoStack) return null;
    throw error;
  }
}

async function isServing(store: ObjectStore): Promise<boolean> {
  try {
    // Any question will do.
    await store.size('runs');
    return true;
  } catch (error) {
    if (error instanceof StoreUnreachable) return false;
    throw error;
  }
}
