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
import type { Division } from '../../../../phoenix/report/division.ts';
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
    expect(metricsChart({ ...run, rounds: run.rounds.slice(0, 1) })).toBeNull();
  });

  it('joins only rounds that follow each other', () => {
    const rounds = [1, 2, 3].map((k, i) => ({ ...run.rounds[i]!, round: [1, 4, 5][k - 1]! }));
    const rows = metricsChart({ ...run, rounds })!.rows.filter(({ metric }) => metric === 'recall');
    expect(rows.map(({ round, stretch }) => [round, stretch])).toEqual([
      [0, 0],
      [1, 0],
      [4, 2],
      [5, 2],
    ]);
  });

  it('says what metrics were measured with', () => {
    expect(metricsChart(run)!.note).toMatch(
      /^Metrics in the features of cifar-classifier, in 192 dimensions.*; 1,000 samples against 1,000 test images\. /,
    );
  });

  it('marks warnings and removals of clients', () => {
    const marks = clientsChart(run)!.rows.filter(
      ({ metric, client }) => metric === 'precision' && client === 3,
    );
    expect(marks.map(({ round, standing }) => [round, standing])).toEqual([
      [2, 'warned'],
      [3, 'removed'],
    ]);
    expect(clientsChart(run)!.alt).toBe(
      'A cell per client and round; warnings: 1; removed: client 3 after round 3',
    );
  });

  it('shows as many cells of clients as there is room for, and says so', () => {
    const [, , last] = run.rounds;
    const clients = Array.from({ length: 40 }, (_, client) => ({ ...last!.clients[0]!, client }));
    const rounds = Array.from({ length: 25 }, (_, i) => ({
      ...last!,
      round: i + 1,
      clients,
      poor: [39],
      removed: [],
    }));
    const chart = clientsChart({ ...run, rounds })!;
    expect(chart.rows).toHaveLength(2 * 25 * 40);
    expect(chart.note).toContain('30 clients, those with warnings first, and the last 20 rounds');
    expect(JSON.stringify(chart.spec['transform'])).toContain('[39,0,1,');
  });

  it('draws a line per client only while they can be told apart', () => {
    const layers = (own: Run) => (lossesChart(own)!.spec['layer'] as unknown[]).length;
    const [first] = run.rounds;
    const alone = { ...run, rounds: [{ ...first!, clients: first!.clients.slice(0, 1) }] };
    const many = Array.from({ length: 30 }, (_, client) => ({ ...first!.clients[0]!, client }));
    expect([alone, run, { ...run, rounds: [{ ...first!, clients: many }] }].map(layers)).toEqual([1, 3, 2]);
  });

  it('has losses of every client and round', () => {
    const { rows } = lossesChart(run)!;
    expect(rows).toHaveLength(12);
    expect(rows[0]).toEqual({ round: 1, client: 0, firstLoss: 0.412, lastLoss: 0.0871 });
  });

  it('sorts the classes of a run by how frequent they are', () => {
    const metrics = exampleMetrics({ samples: 100, classCounts: [20, 50, 30, 0] });
    const { rows } = classesChart({ ...run, rounds: [{ ...run.rounds[0]!, metrics }] })!;
    expect(rows.map((row) => [row['class'], row['share'], row['testSet']])).toEqual([
      ['automobile', 50, 25],
      ['bird', 30, 25],
      ['airplane', 20, 25],
      ['cat', 0, 25],
    ]);
  });

  it('has own and shared images of each client, as far as the run alone tells', () => {
    const { rows, alt } = divisionChart(run, null)!;
    expect(rows.slice(0, 2)).toEqual([
      {
        client: 0,
        kind: 'own',
        class: 'airplane, automobile',
        images: 4000,
        from: 0,
        to: 4000,
      },
      { client: 0, kind: 'shared', class: 'all', images: 2000, from: 4000, to: 6000 },
    ]);
    expect(alt).toContain('client 1: 4,000 of bird, cat and 2,000 shared');
  });

  it('has images by class, one after the other, where labels are to be had', async () => {
    const division: Division = {
      classes: ['cat', 'caterpillar'],
      trainingImages: 100,
      sharedImages: 10,
      clients: [
        { client: 0, own: 60, ownClasses: [59, 1], shared: 10, sharedClasses: [5, 5], noise: 0 },
        { client: 1, own: 30, ownClasses: [0, 30], shared: 0, sharedClasses: [0, 0], noise: 0 },
      ],
    };
    const [first, second] = run.clients;
    const clients = [
      { ...first!, ownImages: 60, sharedImages: 10 },
      { ...second!, ownImages: 30, sharedImages: 0 },
    ];
    const chart = divisionChart({ ...run, clients }, division)!;
    expect(
      chart.rows.map((row) => [row['client'], row['kind'], row['class'], row['from'], row['to']]),
    ).toEqual([
      [0, 'own', 'cat', 0, 59],
      [0, 'own', 'caterpillar', 59, 60],
      [0, 'shared', 'cat', 60, 65],
      [0, 'shared', 'caterpillar', 65, 70],
      [1, 'own', 'caterpillar', 0, 30],
    ]);
    expect(chart.note).toContain('Pale');
    // A word is there where there is room for it.
    const words = [...(await svgOf(chart, null)).matchAll(/>(cat|caterpillar)</g)];
    const legend = ['cat', 'caterpillar'];
    expect(words.map(([, word]) => word)).toEqual(['cat', 'cat', 'caterpillar', ...legend]);
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

  it('puts steps in the lane of their client, and begins each round where its first step does', () => {
    const labels = [
      'initial weights',
      'round 1 · client 10 · train, 50 images',
      'round 1 · client 9 · metrics',
      'round 2 · average of 2 clients',
    ];
    const { rows } = timeline(labels.map((label) => step(label)))!;
    expect(rows.map(({ lane, opens }) => [lane, opens])).toEqual([
      ['server', null],
      ['client 10', 1],
      ['client 9', null],
      ['server', 2],
    ]);
  });

  it('writes times as finely as they lie apart', () => {
    const format = (hours: number) => {
      const last = step('b', {
        endedAt: new Date(Date.parse('2026-11-23T14:00Z') + hours * 3.6e6).toISOString(),
      });
      const { x } = timeline([step('a'), last])!.spec['encoding'] as { x: { axis: { format: string } } };
      return x.axis.format;
    };
    expect([0.1, 5, 50].map(format)).toEqual(['%H:%M:%S', '%H:%M', '%d %b %H:%M']);
  });

  it('stays readable with many clients: lanes of those with troubles come first', () => {
    const labels = Array.from(
      { length: 100 },
      (_, client) => `round 1 · client ${client} · train, 50 images`,
    );
    const chart = timeline(labels.map((label, i) => step(label, i === 77 ? { attempts: 3 } : {})))!;
    expect(chart.rows).toHaveLength(100);
    expect(chart.note).toContain('30 of 101 lanes');
    expect(JSON.stringify(chart.spec['transform'])).toContain('"client 77"');
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
    const figures = { beta: 10, fid: 12.34 / 3, score: 3.128, precision: 0.8, recall: 0.41, seeds: 1 };
    expect(heatMap(groupsOf([cell(25), cell(75)]))!.rows).toEqual([
      { alpha: 25, ...figures },
      { alpha: 75, ...figures },
    ]);
    // Trained otherwise, and not to be taken for a neighbour of the others.
    const other = cell(50);
    const longer = {
      ...other,
      settings: { ...other.settings, training: { ...other.settings.training, epochs: 7 } },
    };
    expect(heatMap(groupsOf([cell(25), longer, cell(75)]))!.rows).toHaveLength(2);
    expect(heatMap(groupsOf([cell(25), longer]))).toBeNull();
  });
});

it('draws every chart of a run, with nothing undefined in it', async () => {
  for (const chart of chartsOf(run, [step('a')], null)) {
    const svg = await svgOf(chart, 'white');
    expect(svg).toMatch(/^<svg [\s\S]*<\/svg>$/);
    expect(svg).not.toMatch(/NaN|undefined/);
    // Not as vega writes them: 17 digits.
    expect(svg.match(/="[^"]*\d\.\d{4,}/)).toBeNull();
    const { format, width } = await sharp(await pngOf(svg)).metadata();
    expect(format).toBe('png');
    const units = Number(/^<svg [^>]*width="([\d.]+)"/.exec(svg)![1]);
    expect(Math.abs(width - 2 * units)).toBeLessThanOrEqual(1);
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

it('draws 300 steps in 40 KB', async () => {
  const kinds: Partial<AuditedStep>[] = [{}, { attempts: 2 }, { end: 'failed', step: null }];
  const steps = Array.from({ length: 300 }, (_, i) =>
    step(`round ${1 + Math.floor(i / 30)} · client ${i % 10} · train, 4,000 images`, {
      startedAt: new Date(1_764_000_000_000 + i * 7123).toISOString(),
      endedAt: new Date(1_764_000_000_000 + i * 7123 + 6543).toISOString(),
      ...(i % 10 === 0 ? kinds[(i / 10) % 3] : {}),
    }),
  );
  expect((await svgOf(timeline(steps)!, null)).length).toBeLessThan(40_000);
});
