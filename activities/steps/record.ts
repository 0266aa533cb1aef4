/** What lasts of a round beside the run's document: its record, and the history of its workflow. */
import { gzipSync } from 'node:zlib';
import type { KeptHistory, Ref, RoundRecord } from '../../phoenix/federation/records.ts';
import type { StepContext } from './context.ts';

/** The record is too large for the messages of hundreds of rounds: it becomes an object of its own. */
export async function record({ blobs }: StepContext, round: RoundRecord): Promise<Ref> {
  return blobs.putJson(round);
}

export interface HistoryContext extends StepContext {
  /** Of a workflow's newest execution, as protobuf; null when the server does not know it. */
  readonly history: (workflow: string) => Promise<Uint8Array | null>;
}

/** The server forgets closed workflows in time; the store does not. */
export async function keepHistory(
  { blobs, history }: HistoryContext,
  { workflow }: { readonly workflow: string },
): Promise<KeptHistory | null> {
  const found = await history(workflow);
  return found && { workflow, ref: await blobs.put(gzipSync(found)) };
}
