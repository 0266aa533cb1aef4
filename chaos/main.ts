/** An undisturbed run, and as many disturbed ones as the kills are enough for. */
import type { Request } from './arguments.ts';
import { differences } from './outcome.ts';
import { OwnStack } from './own-stack.ts';
import { chaosTable, killLine, recoveryOf, verdict, type ChaosReport, type DisturbedRun } from './report.ts';
import { runOn, type FinishedRun, type Plan } from './runs.ts';

/** Prints what happens, and a report or one JSON object. The exit code is 1 unless all ends as undisturbed. */
export async function main({ kills, seed, json }: Request): Promise<void> {
  const report = await chaos(kills, seed, json ? console.error : console.log);
  console.log(json ? JSON.stringify(report, null, 2) : `\n${chaosTable(report)}\n${verdict(report)}`);
  if (!report.passed) process.exitCode = 1;
}

/**
 * Each run has a stack of its own, so that nothing is remembered from the one before. The stack of a run that is lost is
 * stopped and its folder kept.
 *
 * @param settings changes to the experiment: `federation.rounds=2`
 */
export async function chaos(
  kills: number,
  seed: number,
  tell: (line: string) => void,
  settings: readonly string[] = [],
): Promise<ChaosReport> {
  tell('undisturbed run');
  const undisturbed = await onNewStack(settings, null, tell);
  const runs: DisturbedRun[] = [];
  let failure: string | null = null;
  for (let made = 0; made < kills && failure === null;) {
    tell(`run ${runs.length + 1}`);
    try {
      const run = await onNewStack(settings, { seed, first: made + 1, last: kills }, tell);
      made += run.kills.length;
      const differing = differences(run.outcome, undisturbed.outcome);
      tell(differing.length === 0 ? 'ended as undisturbed' : `ended otherwise: ${differing.join(', ')}`);
      runs.push({ ...run, differences: differing });
    } catch (error) {
      failure = (error as Error).message;
    }
  }
  const passed = failure === null && runs.every((run) => run.differences.length === 0);
  const recovery = recoveryOf(runs.flatMap((run) => run.kills));
  return { kills, seed, undisturbed, runs, failure, recovery, passed };
}

async function onNewStack(
  settings: readonly string[],
  plan: Plan | null,
  tell: (line: string) => void,
): Promise<FinishedRun> {
  const stack = await OwnStack.start();
  const interrupted = (): void => void stack.stop().finally(() => process.exit(130));
  for (const signal of SIGNALS) process.once(signal, interrupted);
  try {
    const run = await runOn(stack, settings, plan, (kill) => tell(killLine(kill)));
    await stack.stop();
    return run;
  } catch (error) {
    await stack.phoenix('down');
    tell(`everything that was left is in ${stack.folder}`);
    throw error;
  } finally {
    for (const signal of SIGNALS) process.removeListener(signal, interrupted);
  }
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
