import { describe, expect, it } from 'vitest';
import { BadInput } from '../../../cli/errors.ts';
import { replayed } from '../../../cli/what-if.ts';
import { loadExperiment } from '../../../phoenix/config/load.ts';
import type { Experiment } from '../../../phoenix/config/schema.ts';
import type { FullRun } from '../../../phoenix/federation/records.ts';
import { run as example } from '../report/example-run.ts';

const settings = loadExperiment('experiments/quickstart.yaml', ['filtering.startRound=2']).experiment;
const run: FullRun<Experiment> = { ...example, settings };

describe('what if', () => {
  it('answers with both rules, every round, and where they part', () => {
    const answer = replayed(run, { rule: 'threshold=0.6', strikes: 1 });
    expect(answer).toMatchObject({
      run: run.run,
      really: { rule: 'average', threshold: null },
      whatIf: { rule: 'threshold', threshold: 0.6, startRound: 2, minimumClients: 2 },
      partsIn: 3,
    });
    expect(answer.rounds.map(({ whatIf }) => whatIf.removed)).toEqual([[], [1, 3], []]);
    expect(answer.rounds.map(({ really }) => really.removed)).toEqual([[], [], [3]]);
  });

  it('heeds a threshold that was set by hand, unless another rule is asked for', () => {
    const filtering = { ...settings.filtering!, rule: 'threshold', threshold: 0.1, strikes: 1 } as const;
    const act = { act: { kind: 'setThreshold', threshold: 0.4 }, at: '', during: 2, effect: '' } as const;
    const steered = { ...run, settings: { ...settings, filtering }, steering: [act] };
    const poor = (options: Parameters<typeof replayed>[1]) =>
      replayed(steered, options).rounds.map(({ whatIf }) => whatIf.poor);
    expect(poor({ strikes: 2 })).toEqual([[], [], [3]]);
    expect(poor({ rule: 'threshold=0.1' })).toEqual([[], [], []]);
  });

  const unmeasured = {
    ...run,
    rounds: run.rounds.map((round) => ({
      ...round,
      clients: round.clients.map((own) => ({ ...own, metrics: null })),
    })),
  };

  it.each([
    [
      'a run that filters nobody',
      { ...unmeasured, settings: { ...settings, filtering: null } },
      {},
      /no metrics of its clients: they are measured where there is a block `filtering`, .*phoenix fork/,
    ],
    [
      'a run that has not come so far',
      { ...unmeasured, rounds: unmeasured.rounds.slice(0, 1) },
      {},
      /no metrics of its clients yet: they are measured from round 2 on \(finished so far: 1\)/,
    ],
    [
      'a rule that would judge nobody yet',
      { ...run, rounds: run.rounds.slice(0, 2) },
      { startRound: 3 },
      /has finished 2 of its rounds, and the rule would judge from round 3 on/,
    ],
  ])('refuses %s', (_, asked, options, message) => {
    expect(() => replayed(asked, { strikes: 3, ...options })).toThrow(BadInput);
    expect(() => replayed(asked, { strikes: 3, ...options })).toThrow(message);
  });
});
