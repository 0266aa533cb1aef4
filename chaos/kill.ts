/** SIGKILL to one process of a stack, and what came of it. */
import { setTimeout as delay } from 'node:timers/promises';
import { localStorage } from '../infra/stack/connection.ts';
import { ObjectStore } from '../phoenix/storage/object-store.ts';
import type { OpenStep } from '../phoenix/storage/progress.ts';
import { getSealed } from '../phoenix/storage/sealed-json.ts';
import { lostWork, type LostWork } from './lost-work.ts';
import type { RunObserver, Sighting } from './observer.ts';
import { childrenOf, type OwnStack } from './own-stack.ts';
import type { Victim } from './plan.ts';

export interface Kill {
  readonly victim: Victim;
  readonly pid: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** The step that was under way, and how far it was when last seen; null between two steps. */
  readonly during: Sighting | null;
}

export interface Aftermath {
  /** Seconds until the process ran, and where it is a server served, again; null: the run ended without it. */
  readonly backAfter: number | null;
  /** Seconds until the run was seen to get further; null: it ended before. */
  readonly furtherAfter: number | null;
  /** Null where nothing is computed or under way, or the store could not tell. */
  readonly lost: LostWork | null;
}

/** @returns null when the run ends before the process is there to be killed */
export async function kill(stack: OwnStack, victim: Victim, observer: RunObserver): Promise<Kill | null> {
  const pid = await runningPid(stack, victim, null, observer);
  if (pid === null) return null;
  const during = observer.running;
  process.kill(pid, 'SIGKILL');
  return { victim, pid, at: Date.now(), during };
}

/** Resolves once the run goes on, or is at its end. */
export async function aftermath(
  stack: OwnStack,
  { victim, pid, at, during }: Kill,
  observer: RunObserver,
): Promise<Aftermath> {
  const computes = victim === 'gpu-worker' || victim === 'engine';
  const [back, checkpoint] = await Promise.all([
    runningPid(stack, victim, pid, observer).then((found) => (found === null ? null : Date.now())),
    computes && during ? newestCheckpoint(stack) : null,
  ]);
  // A step goes on without servers for a while, and news of an attempt that was killed may still be on its way.
  const isFurther = ({ label, attempt, done }: Sighting): boolean =>
    !computes || label !== during?.label || attempt > during.attempt || done === Infinity;
  const further = await observer.next(computes ? at : (back ?? at), isFurther);
  const since = (time: number): number => (time - at) / 1000;
  return {
    backAfter: back && since(back),
    furtherAfter: further && since(further.at),
    lost: during && checkpoint !== null ? lostWork(observer.sightings, during, checkpoint, at) : null,
  };
}

/** The pid of the victim once it runs, as another process than `former`; null when the run ends before. */
async function runningPid(
  stack: OwnStack,
  victim: Victim,
  former: number | null,
  observer: RunObserver,
): Promise<number | null> {
  while (!observer.isOver) {
    const { state, pid } = stack.process(victim === 'engine' ? 'gpu-worker' : victim);
    const own = victim === 'engine' && pid !== null ? childrenOf(pid)[0] : pid;
    if (state === 'running' && own && own !== former) return own;
    await delay(50);
  }
  return null;
}

/** How much of the step under way is saved: 0 where nothing is; null where the store cannot say. */
async function newestCheckpoint(stack: OwnStack): Promise<number | null> {
  const store = new ObjectStore(localStorage(stack.state.s3!));
  try {
    const open: OpenStep[] = [];
    for await (const { key } of store.list('steps/')) {
      const step = key.endsWith('/progress.json') && (await getSealed<OpenStep>(store, key));
      if (step) open.push(step);
    }
    // The worker does one step at a time; others may wait, interrupted, with claims from before.
    const underWay = open.toSorted((a, b) => b.expires - a.expires)[0];
    return underWay?.checkpoints[0]?.done ?? 0;
  } catch {
    // The store is one of the victims.
    return null;
  } finally {
    store.close();
  }
}
