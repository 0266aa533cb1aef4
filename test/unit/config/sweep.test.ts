import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadExperiment } from '../../../phoenix/config/load.ts';
import { loadSweep } from '../../../phoenix/config/sweep.ts';
import { errorOf, inFolderOfItsOwn } from '../../helpers/settings-file.ts';

const experiments = join(import.meta.dirname, '../../../experiments');

inFolderOfItsOwn();

const BASE = 'name: base\ndata: { sharing: { beta: 10, alpha: 50 } }\n';

function sweep(yaml: string, overrides?: string[]) {
  writeFileSync('base.yaml', BASE);
  writeFileSync('s.yaml', yaml);
  return loadSweep('s.yaml', overrides);
}

const labels = (yaml: string, overrides?: string[]) => sweep(yaml, overrides).cells.map(({ label }) => label);

describe('a sweep', () => {
  it('has a cell for every value of an axis with every value of the others, the last axis fastest', () => {
    const { name, cells } = sweep(
      'name: s\nbase: base.yaml\naxes: { data.sharing.beta: [5, 10], data.sharing.alpha: { from: 0, to: 100, step: 50 } }',
    );
    expect(name).toBe('s');
    expect(cells.map(({ label }) => label)).toEqual([
      'β 5 %, α 0 %',
      'β 5 %, α 50 %',
      'β 5 %, α 100 %',
      'β 10 %, α 0 %',
      'β 10 %, α 50 %',
      'β 10 %, α 100 %',
    ]);
    expect(cells[2]!.loaded.experiment.data.sharing).toMatchObject({ beta: 5, alpha: 100 });
    expect(cells[2]!.values).toEqual({ 'data.sharing.beta': 5, 'data.sharing.alpha': 100 });
  });

  it('calls its runs as they would be called alone', () => {
    const { cells } = sweep('name: s\nbase: base.yaml\naxes: { data.sharing.beta: [5, 10] }');
    expect(cells.map(({ loaded }) => loaded.run)).toEqual([
      loadExperiment('base.yaml', ['data.sharing.beta=5']).run,
      loadExperiment('base.yaml').run,
    ]);
  });

  it('keeps the runs that it has when an axis gets another value', () => {
    const runs = (values: string) =>
      sweep(`name: s\nbase: base.yaml\naxes: { data.sharing.beta: ${values} }\nseeds: 2`).cells.map(
        ({ loaded }) => loaded.run,
      );
    expect(runs('[5, 15, 10]')).toEqual(expect.arrayContaining(runs('[5, 10]')));
  });

  it('leaves out and adds cells, which have what the base has in place of what they do not say', () => {
    const { cells } = sweep(
      `name: s
base: base.yaml
axes: { data.sharing.beta: [5, 10], data.sharing.alpha: [0, 50] }
exclude: [{ data.sharing.beta: 5, data.sharing.alpha: 0 }, { data.sharing.alpha: 50 }]
include: [{ data.sharing.beta: 15, federation.rounds: 3 }]`,
    );
    expect(cells.map(({ label }) => label)).toEqual(['β 10 %, α 0 %', 'β 15 %, federation.rounds=3']);
    expect(cells[1]!.loaded.experiment).toMatchObject({
      data: { sharing: { beta: 15, alpha: 50 } },
      federation: { rounds: 3 },
    });
  });

  it('never tries a combination that is left out', () => {
    // β = 30 % would be more than the server has.
    expect(
      labels(
        'name: s\nbase: base.yaml\naxes: { data.sharing.beta: [25, 30] }\nexclude: [{ data.sharing.beta: 30 }]',
      ),
    ).toEqual(['β 25 %']);
  });

  it('takes zipped axes value by value, beside the others', () => {
    expect(
      labels(
        `name: s
base: base.yaml
axes: { data.sharing.beta: [5, 10], data.sharing.alpha: [100, 50], federation.rounds: [2, 3] }
zip: [[data.sharing.beta, data.sharing.alpha]]`,
      ),
    ).toEqual([
      'β 5 %, α 100 %, federation.rounds=2',
      'β 5 %, α 100 %, federation.rounds=3',
      'β 10 %, α 50 %, federation.rounds=2',
      'β 10 %, α 50 %, federation.rounds=3',
    ]);
  });

  it('repeats every cell from as many seeds as it is asked to, or from those that are named', () => {
    const { cells } = sweep('name: s\nbase: base.yaml\naxes: { data.sharing.beta: [5] }\nseeds: 3');
    expect(cells.map(({ label }) => label)).toEqual([
      'β 5 %, seed 2023',
      'β 5 %, seed 2024',
      'β 5 %, seed 2025',
    ]);
    expect(cells.map(({ loaded }) => loaded.experiment.seed)).toEqual([2023, 2024, 2025]);
    expect(labels('name: s\nbase: base.yaml\nseeds: [7, 1]')).toEqual(['seed 7', 'seed 1']);
  });

  it('sets what all cells have, also within the values of an axis, and what the command line says last', () => {
    const yaml = `name: s
base: base.yaml
axes: { filtering: [{ rule: lowest }, { rule: threshold, threshold: 0.7 }] }
set: { filtering.samples: 250, federation.rounds: 8 }`;
    const filterings = (overrides?: string[]) =>
      sweep(yaml, overrides).cells.map(({ loaded }) => loaded.experiment.filtering);
    expect(filterings()).toMatchObject([
      { rule: 'lowest', samples: 250 },
      { rule: 'threshold', threshold: 0.7, samples: 250 },
    ]);
    expect(filterings(['filtering.samples=30'])).toMatchObject([{ samples: 30 }, { samples: 30 }]);
  });

  it('has one cell where settings come out equal', () => {
    expect(labels('name: s\nbase: base.yaml\naxes: { data.sharing.beta: [10, 10] }')).toHaveLength(1);
    expect(
      labels('name: s\nbase: base.yaml\naxes: { data.sharing.beta: [5, 10] }', ['data.sharing.beta=15']),
    ).toHaveLength(1);
  });

  it('can hold its base itself, whose folders are relative to the sweep', () => {
    const { cells } = sweep(
      'name: s\nbase: { name: inner, federation: { rounds: 3 } }\naxes: { data.clients: [4] }',
    );
    expect(cells[0]!.loaded.experiment).toMatchObject({
      name: 'inner',
      data: { clients: 4 },
      federation: { rounds: 3 },
    });
  });

  it('takes cells of others as they are, wherever these are', () => {
    mkdirSync('other', { recursive: true });
    writeFileSync('other/base.yaml', BASE);
    writeFileSync('other/o.yaml', 'name: o\nbase: base.yaml\naxes: { data.sharing.beta: [5, 15] }');
    const own = loadSweep('other/o.yaml').cells;
    const { cells } = sweep('name: s\ntake: [{ from: other/o.yaml, where: { data.sharing.beta: 15 } }]');
    expect(cells).toEqual([{ ...own[1]!, label: 'o: β 15 %' }]);
  });

  it('of an experiment is the experiment', () => {
    writeFileSync('base.yaml', BASE);
    const { name, cells } = loadSweep('base.yaml', ['federation.rounds=3']);
    expect(name).toBe('base');
    expect(cells).toEqual([
      {
        label: 'as it stands',
        values: {},
        seed: 2023,
        loaded: loadExperiment('base.yaml', ['federation.rounds=3']),
      },
    ]);
  });

  it('has a hash of its cells', () => {
    const hash = (yaml: string) => sweep(yaml).sweepHash;
    const one = hash('name: s\nbase: base.yaml\naxes: { data.sharing.beta: [5, 10] }');
    expect(one).toMatch(/^[0-9a-f]{64}$/);
    expect(hash('name: s\nbase: base.yaml\naxes: { data.sharing.beta: [5, 10, 10] }')).toBe(one);
    expect(hash('name: s\nbase: base.yaml\naxes: { data.sharing.beta: [5, 15] }')).not.toBe(one);
    expect(hash('name: t\nbase: base.yaml\naxes: { data.sharing.beta: [5, 10] }')).not.toBe(one);
  });
});

const head = 'name: s\nbase: base.yaml\n';

describe('what is wrong with a sweep', () => {
  it.each([
    ['name: s\naxes: {}', 's.yaml:1:1 base: is missing; allowed: the file of an experiment, or its settings'],
    [
      'name: s\nbase: 3',
      's.yaml:2:7 base: 3 is not allowed; allowed: the file of an experiment, or its settings',
    ],
    [
      'name: s\nbase: nowhere.yaml',
      'nowhere.yaml:1:1: no such file; allowed: a YAML file such as experiments/quickstart.yaml',
    ],
    [
      `${head}axis: {}`,
      's.yaml:3:1 axis: unknown key; allowed: name, base, axes, zip, exclude, include, seeds, set, take',
    ],
    [
      `${head}axes: { seed: [1] }`,
      's.yaml:3:9 axes.seed: has a list of its own; allowed: seeds beside the axes',
    ],
    [
      `${head}axes: { a..b: [1] }`,
      's.yaml:3:9 axes."a..b": is not the path of a setting; allowed: a path such as data.sharing.beta',
    ],
    [
      `${head}axes: { data.clients: 4 }`,
      's.yaml:3:23 axes."data.clients": 4 is not allowed; allowed: a list of 1 to 1000 values, or from, to and a step above 0',
    ],
    [
      `${head}axes: { data.clients: { from: 4, to: 2, step: 1 } }`,
      's.yaml:3:23 axes."data.clients": the range ends before it begins; allowed: from at most as large as to',
    ],
    [
      `${head}axes: { data.clients: [4, 2000] }`,
      's.yaml:3:27 data.clients: 2000 is out of range; allowed: whole numbers from 1 to 1000',
    ],
    [
      `${head}axes: { data.client: [4] }`,
      's.yaml:3:23 data.client: unknown key; allowed: source, imageSize, clients, partition, sharing',
    ],
    [
      `${head}axes: { data.clients: [4] }\nzip: [[data.clients, seed]]`,
      's.yaml:4:22 zip.0.1: seed is no axis; allowed: data.clients',
    ],
    [
      `${head}axes: { data.clients: [4], data.imageSize: [8, 16] }\nzip: [[data.clients, data.imageSize]]`,
      's.yaml:4:22 zip.0.1: data.imageSize has 2 values and data.clients has 1; allowed: axes with as many values as each other',
    ],
    [
      `${head}axes: { data.clients: [4], data.imageSize: [8] }\nzip: [[data.clients, data.imageSize], [data.imageSize, data.clients]]`,
      's.yaml:4:40 zip.1.0: data.imageSize is zipped already; allowed: each axis once',
    ],
    [
      `${head}axes: { data.clients: [4] }\nexclude: [{ data.imageSize: 8 }]`,
      's.yaml:4:13 exclude.0."data.imageSize": is no axis; allowed: data.clients',
    ],
    [
      `${head}axes: { data.clients: [4, 8] }\nexclude: [{ data.clients: 4 }, {}]`,
      's.yaml:4:10 exclude: leaves no cell; allowed: some of the cells',
    ],
    [
      `${head}axes: { data.clients: [4] }\nset: { data: {} }`,
      's.yaml:4:8 set.data: would undo an axis; allowed: settings that are no axis, or a part of one',
    ],
    [
      `${head}axes: { data.clients: { from: 1, to: 999, step: 1 } }\nseeds: 2`,
      's.yaml:3:1 axes: make 1998 cells; allowed: at most 1000',
    ],
    [
      `${head}seeds: 0`,
      's.yaml:3:8 seeds: 0 is out of range; allowed: 1 to 1000 seeds, or a list of as many',
    ],
    [`${head}set: { data.imageSize: 9 }`, 's.yaml:3:24 data.imageSize: 9 is not allowed; allowed: 8, 16, 32'],
    [
      'name: s\ntake: [{ from: s.yaml }]',
      's.yaml:2:16 take.0.from: s.yaml takes its cells from this file; allowed: another sweep',
    ],
    [
      'name: s\ntake: [{ from: base.yaml, where: { seed: 1 } }]',
      's.yaml:2:34 take.0.where: no cell of base has these values; allowed: those of a cell such as as it stands',
    ],
    [
      'name: s\ntake: [{ from: base.yaml }]\nset: { seed: 1 }',
      's.yaml:3:1 set: has no base; allowed: nothing without a base',
    ],
  ])('%j', (yaml, message) => {
    expect(errorOf(() => sweep(yaml)).message.replace(`${process.cwd()}/`, '')).toBe(message);
  });

  it('is told where in the base it is, if it is there', () => {
    writeFileSync('bad.yaml', 'name: x\ndata: { imageSize: 9 }');
    writeFileSync('s.yaml', 'name: s\nbase: bad.yaml\naxes: { data.clients: [4] }');
    expect(errorOf(() => loadSweep('s.yaml')).message).toMatch(
      /bad\.yaml:2:20 data\.imageSize: 9 is not allowed/,
    );
    writeFileSync('s.yaml', 'name: s\nbase:\n  name: x\n  data: { imageSize: 9 }');
    expect(errorOf(() => loadSweep('s.yaml')).message).toMatch(/^s\.yaml:4:22 data\.imageSize/);
  });
});

describe("the paper's tables and their reduced twins", () => {
  it.each([
    ['table1', 3],
    ['table2', 3],
    ['table3', 6],
    ['table4', 3],
    ['table5', 4],
  ])('%s has %i cells, of the same values', (table, cells) => {
    const [paper, reduced] = ['paper', 'reduced'].map((scale) =>
      loadSweep(join(experiments, scale, `${table}.yaml`)),
    );
    expect(paper!.cells).toHaveLength(cells);
    const federated = (sweep: typeof paper) =>
      sweep!.cells.map(({ loaded: { experiment } }) => {
        const { clients, partition, sharing } = experiment.data;
        const { samples: _, ...rule } = experiment.filtering ?? { samples: 0 };
        const { rounds, personalization } = experiment.federation;
        return [clients, partition, sharing && [sharing.beta, sharing.alpha], rule, rounds, personalization];
      });
    expect(federated(reduced)).toEqual(federated(paper));
  });

  it('table 5 is made of runs of the others', () => {
    for (const scale of ['paper', 'reduced']) {
      const runsOf = (table: number) =>
        loadSweep(join(experiments, scale, `table${table}.yaml`)).cells.map(({ loaded }) => loaded.run);
      expect([1, 2, 3, 4].flatMap(runsOf)).toEqual(expect.arrayContaining(runsOf(5)));
    }
  });
});
