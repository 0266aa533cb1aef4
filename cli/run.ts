/** `phoenix run`: starts an experiment, or joins the run that there is, and follows it. */
import { loadExperiment } from '../phoenix/config/load.ts';
import { withAccess } from './access.ts';
import { displayOn } from './display.ts';
import { followRun, startRun } from './follow.ts';
import { interruption } from './interrupt.ts';
import { addressInUi, asData, printJson, printResults } from './results.ts';

export interface RunOptions {
  readonly set?: readonly string[];
  readonly detach?: true;
  readonly json?: true;
}

export async function run(file: string, options: RunOptions): Promise<void> {
  const loaded = loadExperiment(file, options.set);
  await withAccess(async (access) => {
    const interrupted = interruption();
    await startRun(access, loaded);
    const display = displayOn(options.json ? process.stderr : process.stdout);
    const ui = addressInUi(loaded.run, access.connection);
    if (options.detach) {
      if (options.json) printJson({ run: loaded.run, settingsHash: loaded.settingsHash, ui });
      else leave(loaded.run, ui, display.say.bind(display));
      return;
    }
    const document = await followRun(access, loaded.run, display, interrupted);
    if (!document) leave(loaded.run, ui, display.say.bind(display));
    else if (options.json) printJson(asData(document));
    else await printResults(document, access.blobs, access.connection);
  });
}

function leave(run: string, ui: string | null, say: (line: string) => void): void {
  say(`${run} goes on by itself; \`npx phoenix status ${run}\` says how far it is`);
  if (ui) say(`Temporal UI    ${ui}`);
}
