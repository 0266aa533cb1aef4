/** `phoenix verify`: whether every object is exactly what was written. Exit code 1 with problems. */
import { resolveConnection } from '../infra/stack/connection.ts';
import { ObjectStore } from '../phoenix/storage/object-store.ts';
import { RunStore } from '../phoenix/storage/runs.ts';
import { verifyAll, verifyRun, type Verdict } from '../phoenix/storage/verify.ts';
import { BadInput } from './errors.ts';
import { printJson } from './results.ts';
import { findRun } from './runs.ts';

export interface VerifyOptions {
  readonly all?: true;
  readonly json?: true;
}

/**
 * @param wanted a run, and all that it reaches; with `all` the whole store
 * @throws BadInput, NoStack, StoreUnreachable
 */
export async function verify(wanted: string | undefined, { all, json }: VerifyOptions): Promise<void> {
  if ((wanted === undefined) !== (all === true)) throw new BadInput('verify takes either a run or --all');
  const store = new ObjectStore(resolveConnection().storage);
  try {
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

/** The store alone decides which runs there are: what only Temporal knows has left nothing to verify. */
async function ofRun(store: ObjectStore, wanted: string): Promise<AsyncIterable<Verdict>> {
  const runs: { run: string; experiment: string }[] = [];
  for await (const each of new RunStore(store).list()) runs.push(each);
  const { experiment, run } = findRun(wanted, runs);
  return verifyRun(store, experiment, run);
}
