/** The documents of runs and sweeps, which reports, `status` and `show` read, are replaced by their newest state. */
import type { RunDocument } from '../../phoenix/federation/records.ts';
import type { SweepDocument } from '../../phoenix/federation/sweep.ts';
import type { RunStore } from '../../phoenix/storage/runs.ts';
import type { SweepStore } from '../../phoenix/storage/sweeps.ts';
import type { StepContext } from './context.ts';

export interface PublishContext extends StepContext {
  readonly runs: RunStore;
  readonly sweeps: SweepStore;
}

export async function publish({ runs }: PublishContext, document: RunDocument): Promise<void> {
  await runs.put(document);
}

export async function publishSweep({ sweeps }: PublishContext, document: SweepDocument): Promise<void> {
  await sweeps.put(document);
}
