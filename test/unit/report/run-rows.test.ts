import { expect, it } from 'vitest';
import { clientRows, overviewRows, roundRows } from '../../../phoenix/report/run-rows.ts';
import { runs, sweep } from './example-report.ts';
import { run } from './example-run.ts';

it('has the untrained network as round 0, and metrics of every round with their intervals', () => {
  const rows = roundRows(run);
  expect(rows.map(({ round, fid, removed }) => [round, fid, removed])).toEqual([
    [0, 98.7, undefined],
    [1, 12.34, ''],
    [2, 6.17, ''],
    [3, 12.34 / 3, '3'],
  ]);
  expect(rows[1]).toMatchObject({ clients: 4, fidLow: 11.9, fidHigh: 12.9, fid64: 0.456, scoreStd: 0.114 });
});

it('has the columns of metrics also for what was not measured', () => {
  const [first] = run.rounds;
  const [row] = roundRows({ ...run, untrained: null, rounds: [{ ...first!, metrics: null }] });
  expect(row).toMatchObject({ round: 1, loss: first!.meanLoss, fid: null, fidLow: null, recall: null });
  const [measured, failed] = [0, 4].map((at) => Object.keys(overviewRows([sweep], [...runs])[at]!));
  expect(failed).toEqual(measured);
});

it('has every client of every round, with its bytes and its standing', () => {
  const rows = clientRows(run);
  expect(rows).toHaveLength(12);
  expect(rows.at(-1)).toMatchObject({
    round: 3,
    client: 3,
    images: 6000,
    precision: 0.31,
    down: 2 * 1_234_567,
    up: 2 * 1_234_567,
    standing: 'poor, 2 in a row: removed',
  });
});

it('says who was late', () => {
  const [first] = run.rounds;
  const clients = first!.clients.filter(({ client }) => client !== 1);
  const rows = clientRows({
    ...run,
    rounds: [{ ...first!, clients, late: [{ client: 1, done: 12, total: 47 }] }],
  });
  expect(rows.at(-1)).toMatchObject({ client: 1, steps: 12, up: 0, standing: 'late' });
});

it('has a row for each cell and each other run, with what became of it', () => {
  const rows = overviewRows([sweep], [...runs, run]);
  expect(rows.map(({ run: name, state, rounds, of }) => [name, state, rounds, of])).toEqual([
    ...runs.map((own) => [own.run, 'finished', 3, 3]),
    ['shared-75-2023', 'failed', 0, 3],
    ['shared-75-2024', 'waiting', 0, 3],
    [run.run, 'finished', 3, 10],
  ]);
  expect(rows[1]).toMatchObject({
    sweep: 'example-sweep',
    cell: 'α 50 %, seed 2023',
    seed: 2023,
    recall: 0.41,
  });
  expect(rows[4]).toMatchObject({ seed: null, failure: expect.stringContaining('client 2') });
  expect(rows.at(-1)).toMatchObject({ sweep: null, cell: null, fid: 12.34 / 3 });
});
