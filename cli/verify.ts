/** `phoenix verify`: whether every object is exactly what was written. Exit code 1 with problems. */
import { resolveConnection } from '../infra/stack/connection.ts';
import { ObjectStore } from '../phoenix/storage/object-store.ts';
import { RunStore } from '../phoenix/storage/runs.ts';
import { SweepStore } from '../phoenix/storage/sweeps.ts';
import { verifyAll, verifyRun, verifySweep, type Verdict } from '../phoenix/storage/verify.ts';
import { BadInput } from './errors.ts';
import { printJson } from './json.ts';
import { findNamed, findRun } from './names.ts';
import { recompute, type StoredRun } from './recompute.ts';
import { listSweepNames } from './sweeps.ts';

export interface VerifyOptions {
  readonly all?: true;
  /** Key of a step, or the beginning of it. */
  readonly recompute?: string;
  readonly json?: true;
}

/**
 * @param wanted a run or a sweep, and all that it reaches; with `all` the whole store
 * @throws BadInput, NoStack, StoreUnreachable
 */
export async function verify(wanted: string | undefined, options: VerifyOptions): Promise<void> {
  const { all, recompute: step, json } = options;
  if ((wanted === undefined) !== (all === true))
    throw new BadInput('verify takes either a run, a sweep, or --all');
  if (all && step !== undefined) throw new BadInput('--recompute takes a step of one run, not --all');
  const store = new ObjectStore(resolveConnection().storage);
  try {
    if (wanted !== undefined && step !== undefined) {
      const { runs, sweeps } = await stored(store);
      if (!(await recompute(store, findRun(wanted, runs, sweeps), step, json))) process.exitCode = 1;
      return;
    }
    const verdicts = wanted === undefined ? verifyAll(store) : await reachedBy(store, wanted);
    const problems: Verdict[] = [];
    let objects = 0;
    for await (const verdict of verdicts) {
      objects++;
      if (verdict.problem === null) continue;
      problems.push(verdict);
      if (!json) console.log(`${verdict.key}: ${verdict.problem}`);
    }
    if (json) printJson({ objects, problems });
    else console.log(`${objects} objects, ${problems.length} with problems`);
    if (problems.length > 0) process.exitCode = 1;
  } finally {
    store.close();
  }
}

async function reachedBy(store: ObjectStore, wanted: string): Promise<AsyncIterable<Verdict>> {
  const { runs, sweeps } = await stored(store);
  const found = findNamed(wanted, runs, sweeps);
  return 'sweep' in found
    ? verifySweep(store, found.sweep)
    : verifyRun(store, found.run.experiment, found.run.run);
}

/** The store alone decides what there is: what only Temporal knows has left nothing to verify. */
async function stored(store: ObjectStore): Promise<{ runs: StoredRun[]; sweeps: string[] }> {
  const runs: StoredRun[] = [];
  for await (const each of new RunStore(store).list()) runs.push(each);
  return { runs, sweeps: await listSweepNames(null, new SweepStore(store)) };
}
