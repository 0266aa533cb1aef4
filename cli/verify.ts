/** `phoenix verify`: whether every object is exactly what was written. Exit code 1 with problems. */
import { resolveConnection } from '../infra/stack/connection.ts';
import { ObjectStore } from '../phoenix/storage/object-store.ts';
import { RunStore } from '../phoenix/storage/runs.ts';
import { verifyAll, verifyRun, type Verdict } from '../phoenix/storage/verify.ts';
import { BadInput } from './errors.ts';
import { recompute, type StoredRun } from './recompute.ts';
import { printJson } from './results.ts';
import { findRun } from './runs.ts';

export interface VerifyOptions {
  readonly all?: true;
  /** Key of a step, or the beginning of it. */
  readonly recompute?: string;
  readonly json?: true;
}

/**
 * @param wanted a run, and all that it reaches; with `all` the whole store
 * @throws BadInput, NoStack, StoreUnreachable
 */
export async function verify(wanted: string | undefined, options: VerifyOptions): Promise<void> {
  const { all, recompute: step, json } = options;
  if ((wanted === undefined) !== (all === true)) throw new BadInput('verify takes either a run or --all');
  if (all && step !== undefined) throw new BadInput('--recompute takes a step of one run, not --all');
  const store = new ObjectStore(resolveConnection().storage);
  try {
    if (wanted !== undefined && step !== undefined) {
      if (!(await recompute(store, await findStored(store, wanted), step, json))) process.exitCode = 1;
      return;
    }
    const verdicts = wanted === undefined ? verifyAll(store) : await ofRun(store, wanted);
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

async function ofRun(store: ObjectStore, wanted: string): Promise<AsyncIterable<Verdict>> {
  const { experiment, run } = await findStored(store, wanted);
  return verifyRun(store, experiment, run);
}

/** The store alone decides which runs there are: what only Temporal knows has left nothing to verify. */
async function findStored(store: ObjectStore, wanted: string): Promise<StoredRun> {
  const runs: StoredRun[] = [];
  for await (const each of new RunStore(store).list()) runs.push(each);
  return findRun(wanted, runs);
}
