import { describe, expect, it } from 'vitest';
import { svgOf } from '../../../../phoenix/report/charts/chart.ts';
import { comparingCharts } from '../../../../phoenix/report/charts/index.ts';
import { groupsOf, type Run } from '../../../../phoenix/report/groups.ts';
import { exampleMetrics } from '../../../helpers/example-metrics.ts';
import { run } from '../example-run.ts';

type Partition = Run['settings']['data']['partition'];

/** A run of the paper's tables, with samples in four classes. */
function cellRun(
  name: string,
  partition: Partition,
  changes: { seed?: number; classCounts?: number[] } = {},
): Run {
  const { seed = 0, classCounts = [40, 30, 20, 10] } = changes;
  const { data } = run.settings;
  return {
    ...run,
    run: name,
    settings: {
      ...run.settings,
      seed,
      filtering: null,
      data: { ...data, partition, sharing: null },
    } as Run['settings'],
    rounds: [{ ...run.rounds[0]!, metrics: exampleMetrics({ samples: 100, classCounts }) }],
  };
}

const iid = cellRun('iid-run', { kind: 'iid' }, { classCounts: [10, 60, 20, 10] });
const classes = cellRun('classes-run', { kind: 'classes', classesPerClient: 2 });
const shared: Run = {
  ...classes,
  run: 'shared-run',
  settings: {
    ...classes.settings,
    data: { ...classes.settings.data, sharing: { ...run.settings.data.sharing!, alpha: 100, beta: 25 } },
  },
};

const named = (runs: readonly Run[], name: string) =>
  comparingCharts(groupsOf(runs)).find((chart) => chart.name === name);

describe('figures 4 and 5', () => {
  it('have a line per row of a table, sorted, and the flat line of the test set in each panel', () => {
    const chart = named([classes, iid], 'figure-4')!;
    const shares = (of: string) => chart.rows.filter((row) => row['of'] === of).map(({ share }) => share);
    expect(shares('IID')).toEqual([60, 20, 10, 10]);
    expect(shares('2-class non-IID')).toEqual([40, 30, 20, 10]);
    expect(shares('test set')).toEqual([25, 25, 25, 25]);
    expect(new Set(chart.rows.map(({ panel }) => panel))).toEqual(new Set(['DDPM']));
    expect(chart.alt).toContain('DDPM (IID; 2-class non-IID)');
    expect(named([classes, iid], 'figure-5')).toBeUndefined();
  });

  it('pair the paper’s panels, with a panel only where there are runs', () => {
    const panels = (chart = named([classes, shared], 'figure-5')!) =>
      chart.spec['hconcat'] as { title: string }[];
    expect(panels().map(({ title }) => title)).toEqual(['Data sharing']);
    expect(named([classes, shared], 'figure-4')!.rows.every(({ panel }) => panel === 'DDPM')).toBe(true);
  });

  it('give a row of a table the same colour, whatever else is there', () => {
    const colors = (runs: readonly Run[]) => {
      const [panel] = named(runs, 'figure-4')!.spec['hconcat'] as {
        encoding: { color: { scale: { domain: string[]; range: string[] } } };
      }[];
      const { domain, range } = panel!.encoding.color.scale;
      return range[domain.indexOf('2-class non-IID')];
    };
    expect(colors([classes])).toBe(colors([classes, iid]));
  });

  it('take the mean of seeds, rank by rank', () => {
    const second = cellRun('iid-2', { kind: 'iid' }, { seed: 1, classCounts: [0, 0, 80, 20] });
    const rows = named([iid, second], 'figure-4')!.rows.filter((row) => row['of'] === 'IID');
    expect(rows.map(({ share, seeds }) => [share, seeds])).toEqual([
      [70, 2],
      [20, 2],
      [5, 2],
      [5, 2],
    ]);
    expect(named([iid, second], 'figure-4')!.note).toContain('Means over the seeds');
  });

  it('tell groups of one cell apart by their runs', () => {
    const longer = { ...iid, run: 'longer', rounds: [...iid.rounds, ...iid.rounds] };
    expect(named([iid, longer], 'figure-4')!.alt).toContain('IID, iid-run; IID, longer');
  });

  it('leave what is in none of the paper’s tables to a chart of its own', () => {
    const other = cellRun('three', { kind: 'classes', classesPerClient: 3 });
    expect(named([iid, other], 'classes')!.alt).toContain('unet 3-class');
    expect(named([iid, other], 'classes')!.alt).not.toContain('iid');
    expect(named([iid], 'classes')).toBeUndefined();
  });

  it('draw both panels', async () => {
    const gan = {
      ...iid,
      run: 'gan',
      settings: { ...iid.settings, model: { kind: 'dcgan' } } as Run['settings'],
    };
    const svg = await svgOf(named([gan, classes, iid], 'figure-4')!, null);
    for (const words of ['DCGAN', 'DDPM', '2-class non-IID', 'test set'])
      expect(svg).toContain(`>${words}</text>`);
    expect(svg).not.toMatch(/NaN|undefined/);
  });
});
