/** What is meant by the name of a run or of a sweep, as users give them. */
import type { PartialAccess } from './access.ts';
import { BadInput } from './errors.ts';
import { listRuns, type RunSummary } from './runs.ts';
import { listSweepNames } from './sweeps.ts';

type Called = Pick<RunSummary, 'run' | 'experiment'>;

export type Named<R extends Called = RunSummary> = { readonly run: R } | { readonly sweep: string };

/** For commands that take both. Throws `BadInput` when none or several are meant. */
export async function named(
  wanted: string,
  { client, runs, sweeps }: Pick<PartialAccess, 'client' | 'runs' | 'sweeps'>,
): Promise<Named> {
  return findNamed(wanted, await listRuns(client, runs), await listSweepNames(client, sweeps));
}

/** For commands that take runs only. Throws `BadInput` when none or several are meant. */
export async function runNamed(
  wanted: string,
  { client, runs, sweeps }: Pick<PartialAccess, 'client' | 'runs' | 'sweeps'>,
): Promise<RunSummary> {
  return findRun(wanted, await listRuns(client, runs), await listSweepNames(client, sweeps));
}

/**
 * @param wanted a run's id, else the name of a sweep, else of an experiment (its newest run), else the beginning of one id only
 * @param runs the newest first
 * @throws BadInput when none or several are meant
 */
export function findNamed<R extends Called>(
  wanted: string,
  runs: readonly R[],
  sweeps: readonly string[],
): Named<R> {
  const exact = runs.find(({ run }) => run === wanted);
  if (exact) return { run: exact };
  if (sweeps.includes(wanted)) return { sweep: wanted };
  const newest = runs.find(({ experiment }) => experiment === wanted);
  if (newest) return { run: newest };
  const meant = runs.filter(({ run }) => run.startsWith(wanted));
  if (meant.length === 1) return { run: meant[0]! };
  throw new BadInput(
    meant.length > 1
      ? `${wanted} is the beginning of ${meant.length} runs: ${some(meant.map(({ run }) => run))}`
      : `there is no run${sweeps.length > 0 ? ' or sweep' : ''} ${wanted}; ${inventory(runs, sweeps)}`,
  );
}

/** As `findNamed`, but a run is meant also where a sweep has the name of an experiment. */
export function findRun<R extends Called>(wanted: string, runs: readonly R[], sweeps: readonly string[]): R {
  const found = findNamed(wanted, runs, sweeps);
  if ('run' in found) return found.run;
  const newest = runs.find(({ experiment }) => experiment === wanted);
  if (newest) return newest;
  throw new BadInput(`${wanted} is a sweep; \`npx phoenix status ${wanted}\` shows its cells`);
}

function inventory(runs: readonly Called[], sweeps: readonly string[]): string {
  const ofRuns = runs.length > 0 ? some(runs.map(({ run }) => run)) : 'no runs yet';
  return `there are ${sweeps.length > 0 ? `the sweeps ${some(sweeps)} and ` : ''}${
    sweeps.length > 0 && runs.length > 0 ? 'the runs ' : ''
  }${ofRuns}`;
}

const some = (names: readonly string[]): string =>
  names.slice(0, 5).join(', ') + (names.length > 5 ? ' …' : '');
