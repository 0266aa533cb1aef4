import { expect, test } from 'vitest';
import { outcomeOf } from '../../../chaos/outcome.ts';
import { killLine, recoveryOf, verdict, type ChaosReport } from '../../../chaos/report.ts';
import type { ToldKill } from '../../../chaos/runs.ts';
import { run } from '../report/example-run.ts';

const killed: ToldKill = {
  number: 7,
  victim: 'gpu-worker',
  pid: 1,
  at: 0,
  during: { at: 0, label: 'round 1 · client 0 · train, 980 images', attempt: 1, done: 412 },
  backAfter: 0.6,
  furtherAfter: 8,
  lost: { work: 60, seconds: 2 },
};

test('a kill is one line', () => {
  expect(killLine(killed)).toBe(
    '  7  gpu-worker          · during round 1 · client 0 · train, 980 images (412 done) · back after 0.6 s · further after 8.0 s · lost 60 (2.0 s)',
  );
  expect(killLine({ ...killed, during: null, backAfter: null, furtherAfter: null, lost: null })).toBe(
    '  7  gpu-worker          · between two steps · not needed again · the run was at its end',
  );
});

test('recovery is that of trainings whose worker or engine was killed', () => {
  const kills: ToldKill[] = [
    killed,
    { ...killed, victim: 'engine', furtherAfter: 2, lost: null },
    { ...killed, victim: 's3', furtherAfter: 100 },
    { ...killed, during: { ...killed.during!, label: 'untrained · metrics' }, furtherAfter: 100 },
  ];
  expect(recoveryOf(kills)).toEqual({ furtherAfter: { median: 5, max: 8 }, lost: { median: 2, max: 2 } });
  expect(recoveryOf([])).toEqual({ furtherAfter: null, lost: null });
});

test('the verdict counts kills and runs, and names what differs', () => {
  const finished = { outcome: outcomeOf(run), seconds: 60, kills: [killed] };
  const report: ChaosReport = {
    kills: 2,
    seed: 1,
    undisturbed: { ...finished, kills: [] },
    runs: [
      { ...finished, differences: [] },
      { ...finished, differences: ['ledger'] },
    ],
    failure: null,
    recovery: recoveryOf([killed]),
    passed: false,
  };
  const text = verdict(report);
  expect(text).toContain('goes on after 8.0 s, at most 8.0 s (limit 15 s ✓)');
  expect(text).toContain('run 2 differs in ledger');
  expect(text).toContain('FAILED: 2 of 2 kills, 1 of 2 runs with the same weights');
});
