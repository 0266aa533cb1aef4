/** A run on the screen of whoever started it or looks in: followed to its end, and then its results. */
import { loadRounds } from '../phoenix/storage/runs.ts';
import type { Access } from './access.ts';
import { displayOn } from './display.ts';
import { followRun } from './follow.ts';
import { printJson } from './json.ts';
import { addressInUi, asData, printResults } from './results.ts';

/**
 * @param interrupted aborted: the run goes on by itself
 * @throws RunFailed, TemporalUnreachable
 */
export async function attach(
  access: Access,
  run: string,
  { json }: { readonly json?: true },
  interrupted: AbortSignal,
): Promise<void> {
  const display = displayOn(json ? process.stderr : process.stdout);
  const document = await followRun(access, run, display, interrupted);
  if (!document) leave(run, addressInUi(run, access.connection), display.say.bind(display));
  else if (json) printJson(asData(await loadRounds(access.blobs, document)));
  else await printResults(document, access.blobs, access.connection);
}

/** Of a run or a sweep that nobody follows from here on. */
export function leave(name: string, ui: string | null, say: (line: string) => void): void {
  say(`${name} goes on by itself; \`npx phoenix status ${name}\` says how far it is`);
  if (ui) say(`Temporal UI    ${ui}`);
}
