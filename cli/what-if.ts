/** `phoenix what-if`: whom another rule of filtering would have removed, from the metrics that a run has recorded. */
import type { Experiment } from '../phoenix/config/schema.ts';
import { otherRule, type RuleOptions } from '../phoenix/config/what-if.ts';
import type { FullRun } from '../phoenix/federation/records.ts';
import { partingRound, replay } from '../phoenix/federation/what-if.ts';
import { ruleInWords, whatIfNotes, whatIfTable } from '../phoenix/report/what-if.ts';
import { loadRounds } from '../phoenix/storage/runs.ts';
import { withWhatThereIs } from './access.ts';
import { BadInput } from './errors.ts';
import { printJson } from './json.ts';
import { runNamed } from './names.ts';
import { runDocument } from './runs.ts';

export async function whatIf(
  wanted: string,
  { json, ...options }: RuleOptions & { readonly json?: true },
): Promise<void> {
  if (Object.keys(options).length === 0)
    throw new BadInput(
      'nothing would be different; --rule, --metric, --strikes, --start-round, --removal or --minimum-clients says what',
    );
  await withWhatThereIs(async (access) => {
    const { client, runs, blobs } = access;
    const summary = await runNamed(wanted, access);
    const document = await runDocument(summary, client, runs);
    if (!document || !blobs)
      throw new BadInput(`${summary.run} (${summary.state}) has left no records to replay`);
    const run = await loadRounds(blobs, document);
    const answer = replayed(run, options);
    if (json) printJson(answer);
    else print(run, answer);
  });
}

export type WhatIf = ReturnType<typeof replayed>;

/** @throws BadInput, SettingsError */
export function replayed(run: FullRun<Experiment>, options: RuleOptions) {
  const { filtering } = run.settings;
  demandMetrics(run);
  const rule = otherRule(run.settings, options);
  if (rule.startRound > run.rounds.length)
    throw new BadInput(
      `${run.run} has finished ${run.rounds.length} of its rounds, and the rule would judge from round ${rule.startRound} on`,
    );
  // A threshold that was set by hand is one of the run's own rule.
  const steering = run.steering.filter(
    ({ act }) => options.rule === undefined || act.kind !== 'setThreshold',
  );
  const rounds = replay({ ...run, steering }, rule);
  const really = filtering && { threshold: null, ...filtering };
  return { run: run.run, really, whatIf: rule, rounds, partsIn: partingRound(rounds)?.round ?? null };
}

function demandMetrics({ run, rounds, settings }: FullRun<Experiment>): void {
  const measured = rounds.some(({ clients }) => clients.some(({ metrics }) => metrics));
  if (measured) return;
  const { filtering } = settings;
  throw new BadInput(
    filtering
      ? `${run} has no metrics of its clients yet: they are measured from round ${filtering.startRound} on (finished so far: ${rounds.length})`
      : `${run} has no metrics of its clients: they are measured where there is a block \`filtering\`, which a fork can have: \`npx phoenix fork ${run} --round 1 --set 'filtering={rule: lowest, startRound: 2}'\``,
  );
}

function print({ run, steering }: FullRun, { really, whatIf: rule, rounds }: WhatIf): void {
  console.log(`\n${run}: its recorded metrics under another rule; nothing was trained\n`);
  console.log(`really:  ${really ? ruleInWords(really) : 'nobody is removed by a rule'}`);
  console.log(`what if: ${ruleInWords(rule)}\n`);
  for (const { effect } of steering) console.log(`By hand: ${effect}`);
  console.log(whatIfTable(rounds));
  for (const note of whatIfNotes(rounds)) console.log(note);
}
