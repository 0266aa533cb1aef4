/** What every process that runs steps opens: the store it is connected to, and the data set in the cache. */
import type { PublishContext } from '../activities/steps/publish.ts';
import { resolveConnection } from '../infra/stack/connection.ts';
import { cifar10Folder } from '../phoenix/config/environment.ts';
import { DataSets } from '../phoenix/data/data-source.ts';
import { Blobs } from '../phoenix/storage/blobs.ts';
import type { Fingerprint } from '../phoenix/storage/fingerprint.ts';
import { drawSeed } from '../phoenix/storage/noise-seeds.ts';
import { ObjectStore, type Objects } from '../phoenix/storage/object-store.ts';
import { RunStore } from '../phoenix/storage/runs.ts';
import { StepMemo } from '../phoenix/storage/steps.ts';
import { SweepStore } from '../phoenix/storage/sweeps.ts';

/** @throws NoStack */
export const openStore = (): ObjectStore => new ObjectStore(resolveConnection().storage);

/** All that does not change from one step to the next. */
export function stepContext(store: Objects, fingerprint: Fingerprint): Omit<PublishContext, 'owner'> {
  const blobs = new Blobs(store);
  return {
    blobs,
    memo: new StepMemo(store),
    fingerprint,
    runs: new RunStore(store),
    sweeps: new SweepStore(store),
    data: new DataSets(cifar10Folder(), blobs),
    noiseSeed: (step) => drawSeed(store, step),
  };
}
