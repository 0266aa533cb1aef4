/** `npm start`: the local stack in the foreground, and the quickstart experiment in it. */
import { join } from 'node:path';
import { supervisorOf } from '../infra/stack/claim.ts';
import { root } from '../infra/setup/root.mjs';
import { startStack, type RunningStack } from '../infra/stack/stack.ts';
import { stateFolder } from '../phoenix/config/environment.ts';
import { loadExperiment } from '../phoenix/config/load.ts';
import { readyExperiment, type ReadyExperiment } from '../phoenix/config/ready.ts';
import { withAccess } from './access.ts';
import { displayOn, type Display } from './display.ts';
import { followRun, startRun } from './follow.ts';
import { aborted, interruption } from './interrupt.ts';
import { printResults } from './results.ts';
import { unmarked } from './run.ts';

/** Exit code of a program that Ctrl-C has ended before its work was done. */
const interruptedExit = 130;

export async function start(options: { exit?: true }): Promise<void> {
  const ready = await readyExperiment(loadExperiment(join(root, 'experiments', 'quickstart.yaml')));
  const interrupted = interruption();
  const display = displayOn(process.stdout);
  const stack = await ownStack(display, interrupted);
  // Nothing else holds the process while its children are between two lives.
  const hold = setInterval(() => {}, 2 ** 30);
  try {
    const finished = !interrupted.aborted && (await runToEnd(ready, display, interrupted));
    if (!finished) process.exitCode = interruptedExit;
    else if (stack && process.stdout.isTTY && !options.exit) {
      display.say(
        '\nThe local stack stays up until Ctrl-C; `npx phoenix run FILE` in another terminal uses it.',
      );
      await aborted(interrupted);
    }
    if (interrupted.aborted && stack)
      display.say(
        `Stopping the workers and servers.${finished ? '' : ` The next \`npm start\` goes on with ${ready.run}.`}`,
      );
  } finally {
    await stack?.stop();
    clearInterval(hold);
  }
}

/** @returns null where a stack runs already: it is used, and left running */
async function ownStack(display: Display, interrupted: AbortSignal): Promise<RunningStack | null> {
  const supervisor = supervisorOf(stateFolder());
  if (supervisor !== null) {
    display.say(`Using the local stack that runs already (supervisor process ${supervisor})`);
    return null;
  }
  display.say('Starting the local stack');
  return startStack((line) => display.say(line), interrupted);
}

/** @returns false when it was interrupted */
async function runToEnd(
  ready: ReadyExperiment,
  display: Display,
  interrupted: AbortSignal,
): Promise<boolean> {
  return withAccess(async (access) => {
    await startRun(access, await unmarked(access.runs, ready, false));
    const document = await followRun(access, ready.run, display, interrupted);
    if (document) await printResults(document, access.blobs, access.connection);
    return document !== null;
  });
}
