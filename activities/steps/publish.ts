/** The run's document, which reports, `status` and `show` read, is replaced by its newest state. */
import type { RunDocument } from '../../phoenix/federation/records.ts';
import type { RunStore } from '../../phoenix/storage/runs.ts';
import type { StepContext } from './context.ts';

export interface PublishContext extends StepContext {
  readonly runs: RunStore;
}

export async function publish({ runs }: PublishContext, document: RunDocument): Promise<void> {
  await runs.put(document);
}
