/** `phoenix show`: the results of a run. */
import { loadRounds } from '../phoenix/storage/runs.ts';
import { withWhatThereIs } from './access.ts';
import { BadInput } from './errors.ts';
import { printJson } from './json.ts';
import { runNamed } from './names.ts';
import { asData, printResults } from './results.ts';
import { runDocument } from './runs.ts';

export async function show(wanted: string, options: { json?: true }): Promise<void> {
  await withWhatThereIs(async (access) => {
    const { client, runs, blobs, connection } = access;
    const summary = await runNamed(wanted, access);
    const document = await runDocument(summary, client, runs);
    if (!document) throw new BadInput(`${summary.run} (${summary.state}) has left no results yet`);
    if (options.json) printJson(asData(blobs ? await loadRounds(blobs, document) : document));
    else await printResults(document, blobs, connection);
  });
}
