/** What lasts of a round beside the run's document: its record, and the history of its workflow. */
import { gzipSync } from 'node:zlib';
import type { Ref, RoundRecord } from '../../phoenix/federation/records.ts';
import type { StepContext } from './context.ts';

/** The record is too large for the messages of hundreds of rounds: it becomes an object of its own. */
export async function record({ blobs }: StepContext, round: RoundRecord): Promise<Ref> {
  return blobs.putJson(round);
}

export interface HistoryContext extends StepContext {
  /** Newest execution of a workflow: its history as protobuf. */
  readonly history: (workflow: string) => Promise<Uint8Array>;
}

/** The server forgets closed workflows in time; the store does not. */
export async function keepHistory(
  { blobs, history }: HistoryContext,
  { workflow }: { readonly workflow: string },
): Promise<Ref> {
  return blobs.put(gzipSync(await history(workflow)));
}
