import { describe, expect, it } from 'vitest';
import { auditMarkdown, type AuditedStep } from '../../../phoenix/report/audit.ts';
import { privateRun, ref, run, runWithReturn } from './example-run.ts';

const key = ref('step').hash;
const steps: AuditedStep[] = [
  {
    workflow: `${run.run}/round-01`,
    label: 'round 1 · client 3 · train, 6,000 images',
    startedAt: '2026-11-23T14:01:00.000Z',
    endedAt: '2026-11-23T14:01:42.000Z',
    worker: '17@machine',
    attempts: 2,
    retriedAfter: 'activity Heartbeat timeout',
    end: 'done',
    failure: null,
    step: { key, reused: false, resumedFrom: 20, mixed: false },
  },
];

describe('an audit', () => {
  const act = {
    act: { kind: 'pause' },
    at: '2026-11-23T14:02:00.000Z',
    during: 2,
    effect: 'paused in round 2',
  } as const;
  const text = auditMarkdown({ ...run, steering: [act] }, steps);

  it.each([
    ['the final weights', run.final!.weightsHash],
    [
      'every step, its worker and its key',
      `42 s | 17@machine | 2 | computed, from its checkpoint at 20 | \`${key}\` |`,
    ],
    [
      'retries and recoveries',
      '- round 1 · client 3 · train, 6,000 images: attempt 2, since: activity Heartbeat timeout, went on from its checkpoint at 20',
    ],
    ['who was removed', '- client 3 after round 3, by the rule'],
    ['what was done by hand', '| 2026-11-23T14:02:00.000Z | 2 | paused in round 2 |'],
    ['hashes', `| sample grid | \`${ref('grid').hash}\` |`],
    ['settings', 'seed: 2023'],
  ])('tells %s', (_, words) => expect(text).toContain(words));

  it('tells of temporary removals also when they are over, and of removals by hand', () => {
    const clients = runWithReturn.ledger.clients.map((standing) => ({
      ...standing,
      removal: standing.client === 1 ? { afterRound: 1, by: 'hand' as const } : null,
    }));
    expect(auditMarkdown({ ...runWithReturn, ledger: { clients } }, [])).toContain(
      '- client 1 after round 1, by hand\n- client 3 after round 3, by the rule, back in round 6\n',
    );
  });

  it('tells what each round has cost in privacy', () => {
    const audit = auditMarkdown(privateRun, []);
    expect(audit).toContain('| recall | ε at δ = 0.00001 | poor |');
    expect(audit).toContain('| 0.410 | 4.50 | 3 |');
  });

  it('leaves out what there is nothing to say about', () => {
    expect(auditMarkdown(run, [])).not.toMatch(/## (Done by hand|Steps|Retries)/);
  });
});
