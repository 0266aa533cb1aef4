/** A plan as text tables. */
import { duration, whole } from '../../phoenix/report/format.ts';
import { numeric, textTable } from '../../phoenix/report/tables.ts';
import type { SweepPlan } from '../plan.ts';

export function printPlan(plan: SweepPlan): void {
  const { name, cells, shares, most, measuredSteps } = plan;
  console.log(`${name}: ${cells.length === 1 ? 'one cell' : `${cells.length} cells`}\n`);
  console.log(
    textTable(
      ['cell', 'run', 'state', ...['training steps', 'steps', 'done', 'shared', 'time'].map(numeric)],
      cells.map(({ label, run, state, trainingSteps, steps, done, shared, seconds }) => [
        label,
        run,
        state ?? (measuredSteps === null ? '–' : 'new'),
        ...[trainingSteps, steps, done, shared].map(whole),
        time(seconds),
      ]),
    ),
  );
  console.log(
    textTable(
      ['', ...['in all cells', 'distinct', 'done', 'to do', 'time'].map(numeric)],
      shares.map(({ what, asked, distinct, done, seconds }) => [
        what,
        ...[asked, distinct, done, distinct - done].map(whole),
        time(seconds),
      ]),
    ),
  );
  const upTo = (of: (part: NonNullable<SweepPlan['most']>) => string): string => {
    const [least, greatest] = [of(plan), of(most ?? plan)];
    return least === greatest ? least : `${least} to ${greatest}`;
  };
  console.log(`Training steps   ${upTo(({ trainingSteps }) => whole(trainingSteps))}`);
  console.log(
    `Time             ${upTo(({ seconds }) => time(seconds))}, one step at a time; ${basisOf(plan)}`,
  );
  console.log(
    `Storage          ${upTo(({ storedBytes }) => bytes(storedBytes))} of results, done ones included`,
  );
  console.log(
    `Moved            ${upTo(({ movedBytes }) => bytes(movedBytes))} of weights to clients and back`,
  );
  if (most)
    console.log(
      'Nobody knows yet whom the rules of filtering remove. The lower figures are for nobody; in the higher ones each cell goes its own way as soon as somebody could be.',
    );
  console.log(
    measuredSteps === null
      ? 'There is no store to ask what is done; `npx phoenix up` starts the local one.'
      : 'Nothing was started.',
  );
}

const time = (seconds: number): string => (seconds === 0 ? '–' : duration(1000 * seconds));

/** Of 10⁹ bytes, or of 10⁶. */
const bytes = (count: number): string =>
  count < 1e9 ? `${(count / 1e6).toFixed(0)} MB` : `${(count / 1e9).toFixed(1)} GB`;

function basisOf({ basis, seconds, measuredSteps, vectors }: SweepPlan): string {
  if (seconds === 0) return 'nothing is left to do';
  const share = (part: number): string => `${Math.round((100 * part) / seconds)} %`;
  const parts = [
    basis.measured > 0 &&
      measuredSteps &&
      `${share(basis.measured)} by the same work in ${whole(measuredSteps)} finished steps`,
    basis.scaled > 0 && `${share(basis.scaled)} by finished steps with other networks or images`,
    basis.assumed > 0 &&
      `${share(basis.assumed)} by what two CPU cores with ${vectors} take, since nothing like it has finished here`,
  ];
  return parts.filter(Boolean).join(', ');
}
