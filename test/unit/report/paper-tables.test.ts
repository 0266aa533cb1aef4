import { expect, it } from 'vitest';
import { cellOf, groupsOf, type Run } from '../../../phoenix/report/groups.ts';
import { settingRows, tableRows } from '../../../phoenix/report/paper-rows.ts';
import { comparedTables, spread } from '../../../phoenix/report/paper-tables.ts';
import { paperTables } from '../../../phoenix/report/paper-values.ts';
import { reportPage } from '../../../phoenix/report/page/report-page.ts';
import { exampleMetrics } from '../../helpers/example-metrics.ts';
import { run } from './example-run.ts';

/** A run in the cell (β, α) = (25, 100) with this seed and precision. */
const shared = (seed: number, precision: number, changes: Partial<Run> = {}): Run => ({
  ...run,
  run: `shared-${seed}`,
  settings: {
    ...run.settings,
    seed,
    data: { ...run.settings.data, sharing: { ...run.settings.data.sharing!, alpha: 100, beta: 25 } },
  },
  rounds: run.rounds.map((round) => ({ ...round, metrics: exampleMetrics({ precision }) })),
  ...changes,
});

it('names the cell of a run by its settings', () => {
  expect(cellOf(run.settings)).toBe('unet 2-class β10 α50');
  expect(cellOf(shared(1, 0.5).settings)).toBe('unet 2-class β25 α100');
});

it('groups runs that differ in their seed alone, and takes none that was changed by hand', () => {
  const groups = groupsOf([shared(2, 0.7), shared(1, 0.5), run, shared(3, 0.1, { steered: true })]);
  expect(groups.map(({ runs }) => runs.map((one) => one.run.run))).toEqual([
    ['shared-1', 'shared-2'],
    [run.run],
  ]);
});

it('has mean and standard deviation over seeds beside the figures of the paper', () => {
  const tables = comparedTables(groupsOf([shared(1, 0.5), shared(2, 0.7)]));
  expect(tables.map(({ number }) => number)).toEqual([3, 5]);
  const [ours] = tables[0]!.rows.find(({ paper }) => paper.title === 'β 25 %, α 100 %')!.ours;
  expect(ours!.precision.mean).toBeCloseTo(0.6);
  expect(ours!.precision.std).toBeCloseTo(Math.SQRT2 / 10);
  expect(ours!.narrowFid).toEqual({ mean: 0.456, std: 0 });
  const runs = [{ run: shared(1, 0.5), figures: [], ui: null }];
  const page = reportPage({ sweeps: [], runs, tables, figures: [], version: null });
  for (const text of ['0.0763', '6.5758 ± 0.3126', '0.600 ± 0.141', 'the other way round'])
    expect(page).toContain(text);
  expect(tableRows(tables)).toContainEqual(
    expect.objectContaining({ table: 3, of: 'shared-1 shared-2', seeds: 2, fid64: 0.456 }),
  );
  expect(settingRows(tables)).toContainEqual(
    expect.objectContaining({ table: 3, row: 'β 25 %, α 100 %', setting: 'Clients', ours: '4', paper: '10' }),
  );
});

it('has no deviation of a single seed', () => {
  expect(spread([3])).toEqual({ mean: 3, std: null });
  expect(spread([1, 2, 3])).toEqual({ mean: 2, std: 1 });
});

it('has every row of the paper under a cell that only its table’s twin shares', () => {
  expect(paperTables.map(({ rows }) => rows.length)).toEqual([3, 3, 6, 3, 4]);
  for (const { rows } of paperTables) expect(new Set(rows.map(({ cell }) => cell)).size).toBe(rows.length);
});
