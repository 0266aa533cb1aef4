import { describe, expect, it } from 'vitest';
import { loadExperiment } from '../../../phoenix/config/load.ts';
import { otherRule, type RuleOptions } from '../../../phoenix/config/what-if.ts';

const { experiment } = loadExperiment('experiments/quickstart.yaml');

describe('another rule for a run', () => {
  it('is the rule of the run, but for what is said', () => {
    expect(otherRule(experiment, { strikes: 3 })).toEqual({
      ...experiment.filtering,
      threshold: null,
      strikes: 3,
    });
    expect(
      otherRule(experiment, { rule: 'threshold=0.65', metric: 'both', startRound: 2, minimumClients: 1 }),
    ).toMatchObject({ rule: 'threshold', threshold: 0.65, metric: 'both', startRound: 2, minimumClients: 1 });
  });

  it('forgets a threshold and rounds to skip that do not go with it', () => {
    const filtering = { ...experiment.filtering!, rule: 'threshold' as const, threshold: 0.5 };
    const run = { ...experiment, filtering: { ...filtering, removal: 'temporary' as const, skipRounds: 2 } };
    expect(otherRule(run, { strikes: 3 })).toMatchObject({ threshold: 0.5, skipRounds: 2 });
    expect(otherRule(run, { rule: 'lowest' })).toMatchObject({ threshold: null, skipRounds: 2 });
    expect(otherRule(run, { removal: 'permanent' })).toMatchObject({ threshold: 0.5, skipRounds: null });
  });

  it.each([
    ['temporary', 1],
    ['temporary=3', 3],
  ])('skips rounds: %s', (removal, skipRounds) => {
    expect(otherRule(experiment, { removal })).toMatchObject({ removal: 'temporary', skipRounds });
  });

  it('takes defaults where the run filters nobody', () => {
    const unfiltered = { ...experiment, filtering: null };
    expect(otherRule(unfiltered, { rule: 'lowest', startRound: 1 })).toMatchObject({
      rule: 'lowest',
      metric: 'precision',
      strikes: 2,
    });
  });

  it.each<[RuleOptions, string]>([
    [
      { rule: 'best' },
      '--rule best filtering.rule: "best" is not allowed; allowed: lowest, threshold, average',
    ],
    [{ rule: 'threshold' }, '--rule threshold filtering.threshold: is missing; allowed: 0 to 1'],
    [{ rule: 'threshold=' }, '--rule threshold= filtering.threshold: "" is not a number; allowed: 0 to 1'],
    [{ rule: 'threshold=7' }, '--rule threshold=7 filtering.threshold: 7 is out of range; allowed: 0 to 1'],
    [
      { metric: 'fid' },
      '--metric fid filtering.metric: "fid" is not allowed; allowed: precision, recall, both',
    ],
    [
      { removal: 'temporary=0' },
      '--removal temporary=0 filtering.skipRounds: 0 is out of range; allowed: whole numbers from 1 to 1000',
    ],
    [
      { removal: 'permanent=2' },
      '--removal permanent=2 filtering.skipRounds: 2 rounds of a removal for good; allowed: null, or filtering.removal: temporary',
    ],
    [
      { minimumClients: 5 },
      '--minimum-clients 5 filtering.minimumClients: 5 is more than data.clients; allowed: 1 to 4',
    ],
    [{ startRound: 4 }, '--start-round 4 filtering.startRound: 4 is after the last round; allowed: 1 to 3'],
  ])('refuses %j', (options, message) => {
    expect(() => otherRule(experiment, options)).toThrow(message);
  });
});
