import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import type { AuditedStep } from '../../../../phoenix/report/audit.ts';
import { csvOf, pngOf, svgOf } from '../../../../phoenix/report/charts/chart.ts';
import { classesChart } from '../../../../phoenix/report/charts/classes.ts';
import { clientsChart } from '../../../../phoenix/report/charts/clients.ts';
import { divisionChart } from '../../../../phoenix/report/charts/division.ts';
import { heatMap } from '../../../../phoenix/report/charts/heat-map.ts';
import { chartsOf } from '../../../../phoenix/report/charts/index.ts';
import { lossesChart } from '../../../../phoenix/report/charts/losses.ts';
import { metricsChart } from '../../../../phoenix/report/charts/metrics.ts';
import { timeline } from '../../../../phoenix/report/charts/timeline.ts';
import { groupsOf, type Run } from '../../../../phoenix/report/groups.ts';
import { exampleMetrics } from '../../../helpers/example-metrics.ts';
import { run } from '../example-run.ts';

const step = (label: string, changes: Partial<AuditedStep> = {}): AuditedStep => ({
  workflow: run.run,
  label,
  startedAt: '2026-11-23T14:00:00.000Z',
  endedAt: '2026-11-23T14:01:00.000Z',
  worker: null,
  attempts: 1,
  retriedAfter: null,
  end: 'done',
  failure: null,
  step: { key: 'k', reused: false, resumedFrom: null, mixed: false },
  ...changes,
});

describe('data of charts', () => {
  it('has the untrained network as round 0', () => {
    const rows = metricsChart(run)!.rows.filter(({ metric }) => metric === 'FID');
    expect(rows.map(({ round, value }) => [round, value])).toEqual([
      [0, 98.7],
      [1, 12.34],
      [2, 6.17],
      [3, 12.34 / 3],
    ]);
    expect(metricsChart({ ...run, rounds: [] })).toBeNull();
  });

  it('marks warnings and removals of clients', () => {
    const marks = clientsChart(run)!.rows.filter(
      ({ metric, client }) => metric === 'precision' && client === 3,
    );
    expect(marks.map(({ round, standing }) => [round, standing])).toEqual([
      [2, 'warned'],
      [3, 'removed'],
    ]);
  });

  it('has losses of every client and round', () => {
    const { rows } = lossesChart(run)!;
    expect(rows).toHaveLength(12);
    expect(rows[0]).toEqual({ round: 1, client: 0, firstLoss: 0.412, lastLoss: 0.0871 });
  });

  it('sorts classes, and has the flat line of the test set beside them', () => {
    const metrics = exampleMetrics({ samples: 100, classCounts: [20, 50, 30, 0] });
    const { rows } = classesChart([{ name: 'iid', metrics }])!;
    const shares = (name: string) => rows.filter((row) => row['of'] === name).map(({ share }) => share);
    expect(shares('iid')).toEqual([50, 30, 20, 0]);
    expect(shares('test set')).toEqual([25, 25, 25, 25]);
  });

  it('has own and shared images of each client', () => {
    const { rows } = divisionChart(run)!;
    expect(rows.slice(0, 2)).toEqual([
      { client: 0, images: 4000, kind: 'own', classes: 'airplane, automobile' },
      { client: 0, images: 2000, kind: 'shared', classes: 'all' },
    ]);
  });

  it('tells how steps went, and leaves out those that never ran', () => {
    const steps = [
      step('a'),
      step('b', { attempts: 2 }),
      step('c', { attempts: 2, step: { key: 'k', reused: false, resumedFrom: 12, mixed: false } }),
      step('d', { end: 'failed', step: null }),
      step('e', { step: { key: 'k', reused: true, resumedFrom: null, mixed: false } }),
      step('f', { startedAt: null, endedAt: null }),
    ];
    expect(timeline(steps)!.rows.map(({ how }) => how)).toEqual([
      'computed',
      'retried',
      'recovered',
      'failed',
      'reused',
    ]);
  });

  it('maps FID over α and β, where there are cells to compare', () => {
    const cell = (alpha: number): Run => ({
      ...run,
      run: `run-${alpha}`,
      settings: {
        ...run.settings,
        data: { ...run.settings.data, sharing: { ...run.settings.data.sharing!, alpha } },
      },
    });
    expect(heatMap(groupsOf([run]))).toBeNull();
    expect(heatMap(groupsOf([cell(25), cell(75)]))!.rows).toEqual([
      { alpha: 25, beta: 10, fid: 12.34 / 3 },
      { alpha: 75, beta: 10, fid: 12.34 / 3 },
    ]);
  });
});

it('draws every chart of a run, with nothing undefined in it', async () => {
  for (const chart of chartsOf(run, [step('a')])) {
    const svg = await svgOf(chart, 'white');
    expect(svg).toMatch(/^<svg [\s\S]*<\/svg>$/);
    expect(svg).not.toMatch(/NaN|undefined/);
    const { format, width } = await sharp(await pngOf(svg)).metadata();
    expect(format).toBe('png');
    expect(width).toBeGreaterThan(600);
  }
});

it('quotes what needs it in CSV', () => {
  expect(
    csvOf([
      { a: 'x, "y"', b: null },
      { a: 1, c: 2 },
    ]),
  ).toBe('a,b,c\r\n"x, ""y""",,\r\n1,,2\r\n');
});
