/** The same experiment on stacks of its own: once left alone, then with processes killed under it. */
import { setTimeout as delay } from 'node:timers/promises';
import { RunWatcher } from '../cli/run-watcher.ts';
import type { FullRun } from '../phoenix/federation/records.ts';
import { aftermath, kill, type Aftermath, type Kill } from './kill.ts';
import { RunObserver } from './observer.ts';
import { outcomeOf, type Outcome } from './outcome.ts';
import type { OwnStack } from './own-stack.ts';
import { plannedKill } from './plan.ts';

const EXPERIMENT = 'experiments/chaos.yaml';

export interface Plan {
  readonly seed: number;
  /** Numbers of the first and the last kill. */
  readonly first: number;
  readonly last: number;
}

export interface ToldKill extends Kill, Aftermath {
  readonly number: number;
}

export interface FinishedRun {
  readonly outcome: Outcome;
  readonly seconds: number;
  readonly kills: readonly ToldKill[];
}

/** The run ended, and not as it should. */
export class RunLost extends Error {
  override readonly name = 'RunLost';

  constructor(run: string, { state, failure }: FullRun) {
    super(`${run} ${state}: ${failure?.message ?? 'it does not say why'}`);
  }
}

/**
 * Runs the experiment to its end, and checks every object that it left.
 *
 * @param stack a new one
 * @param settings changes to the experiment
 * @param plan null: nothing is killed
 * @param tell takes each kill as soon as the run has gone on
 * @throws RunLost, RunStalled, and an error with what `phoenix` said when a command did not succeed
 */
export async function runOn(
  stack: OwnStack,
  settings: readonly string[],
  plan: Plan | null,
  tell: (kill: ToldKill) => void,
): Promise<FinishedRun> {
  const client = await stack.client();
  try {
    const run = await stack.begin(EXPERIMENT, settings);
    const began = performance.now();
    const watcher = new RunWatcher(client, run);
    const observer = new RunObserver(run, () => client.withDeadline(Date.now() + 2000, () => watcher.look()));
    const stories = plan ? await killAll(stack, observer, plan, tell) : [];
    const state = await observer.ended;
    const seconds = (performance.now() - began) / 1000;
    const kills = await Promise.all(stories);
    const document = JSON.parse(await stack.phoenix('show', run, '--json')) as FullRun;
    if (state !== 'finished') throw new RunLost(run, document);
    await stack.phoenix('verify', run);
    return { outcome: outcomeOf(document), seconds, kills };
  } finally {
    await client.connection.close();
  }
}

/** One after the other, until the last of the plan or the end of the run. */
async function killAll(
  stack: OwnStack,
  observer: RunObserver,
  { seed, first, last }: Plan,
  tell: (kill: ToldKill) => void,
): Promise<Promise<ToldKill>[]> {
  const stories: Promise<ToldKill>[] = [];
  const story = async (number: number, one: Kill): Promise<ToldKill> => {
    const told = { number, ...one, ...(await aftermath(stack, one, observer)) };
    tell(told);
    return told;
  };
  for (let number = first; number <= last; number++) {
    const { victim, after } = plannedKill(seed, number);
    await Promise.race([observer.ended, delay(after * 1000)]);
    const one = await kill(stack, victim, observer);
    if (one === null) break;
    stories.push(story(number, one));
  }
  return stories;
}
