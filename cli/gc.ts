/** `phoenix gc`: what no run reaches. Safe while runs are open. */
import type { Client } from '@temporalio/client';
import { collectGarbage, type Garbage, type OpenRuns } from '../phoenix/storage/gc.ts';
import { type References, referencesIn } from '../phoenix/storage/references.ts';
import { textTable } from '../phoenix/report/tables.ts';
import { withAccess } from './access.ts';
import { printJson } from './json.ts';

export interface GcOptions {
  readonly delete?: boolean;
  readonly json?: true;
}

/** @throws NoStack, TemporalUnreachable, StoreUnreachable, CorruptObject, MissingObject */
export async function gc({ delete: remove = false, json }: GcOptions): Promise<void> {
  await withAccess(async ({ client, store }) => {
    const totals: Record<Garbage['kind'], { objects: number; bytes: number }> = {
      step: { objects: 0, bytes: 0 },
      checkpoint: { objects: 0, bytes: 0 },
      seed: { objects: 0, bytes: 0 },
      blob: { objects: 0, bytes: 0 },
    };
    for await (const { kind, bytes } of collectGarbage(store, () => openRuns(client), remove)) {
      totals[kind].objects++;
      totals[kind].bytes += bytes;
    }
    if (json) {
      printJson({ removed: remove, ...totals });
      return;
    }
    const rows = Object.entries(totals).map(([kind, { objects, bytes }]) => [
      `${kind}s`,
      String(objects),
      `${(bytes / 1e6).toFixed(1)} MB`,
    ]);
    console.log(textTable([remove ? 'removed' : 'not reached', 'objects', 'size'], rows));
    if (!remove) console.log('Nothing was removed; --delete does it.');
  });
}

async function openRuns(client: Client): Promise<OpenRuns> {
  const names = new Set<string>();
  const references: References[] = [];
  for await (const { workflowId, runId } of client.workflow.list({ query: "ExecutionStatus = 'Running'" })) {
    // Rounds are called after their run: RUN/round-03.
    names.add(workflowId.split('/')[0]!);
    const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    for (const payload of payloadsIn(history)) references.push(referencesIn(payload));
  }
  return { names, references };
}

/** Everything that was passed as JSON in a history: inputs, results, state that was carried over. */
export function* payloadsIn(message: unknown): Iterable<unknown> {
  if (typeof message !== 'object' || message === null || ArrayBuffer.isView(message)) return;
  const { metadata, data } = message as { metadata?: { encoding?: Uint8Array } | null; data?: unknown };
  if (metadata?.encoding && data instanceof Uint8Array) {
    if (text(metadata.encoding) === 'json/plain') yield JSON.parse(text(data));
    return;
  }
  for (const item of Object.values(message)) yield* payloadsIn(item);
}

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
