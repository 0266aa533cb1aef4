/**
 * A sweep: a YAML file with a base experiment and axes, read as the experiments of its cells. A cell's run is called as any
 * run is, by its settings alone: whatever else is in the sweep, and a second sweep with the same cell, find that run.
 */
import { dirname, resolve } from 'node:path';
import { canonicalJson, sha256Hex } from '../storage/canonical-json.ts';
import { explain } from './explain.ts';
import { experimentOf, type LoadedExperiment } from './load.ts';
import { DEFAULT_SEED } from './schema.ts';
import { sweep as schema, type SweepFile, sweepKeyOf } from './schema/sweep.ts';
import { SettingsError } from './settings-error.ts';
import {
  blockAt,
  blockOf,
  type Override,
  parseOverride,
  readFile,
  type SettingsFile,
  withOverrides,
} from './settings-file.ts';
import { expand, matches, type Values, type Variant } from './sweep/expand.ts';
import { labelOf } from './sweep/label.ts';
import { checkSweep } from './sweep/rules.ts';

export interface Cell {
  /** "β 25 %, α 50 %, seed 1" */
  readonly label: string;
  /** What differs from the base, by the paths of settings. */
  readonly values: Values;
  readonly seed: number;
  readonly loaded: LoadedExperiment;
}

export interface LoadedSweep {
  readonly name: string;
  /** SHA-256 (hex) of the name and of the settings of all cells, in their order. */
  readonly sweepHash: string;
  /** No two have the same settings. */
  readonly cells: readonly Cell[];
}

/**
 * Reads a sweep, with overrides such as `training.steps=50` for every cell on top. An experiment is a sweep of one cell.
 * Throws `SettingsError` for the first thing that is wrong; then nothing has been started.
 */
export function loadSweep(file: string, overrides: readonly string[] = []): LoadedSweep {
  const { name, cells } = read(file, overrides.map(parseOverride), []);
  const distinct = [...new Map(cells.toReversed().map((cell) => [cell.loaded.run, cell])).values()];
  return named(name, distinct.toReversed());
}

function named(name: string, cells: readonly Cell[]): LoadedSweep {
  const settings = cells.map(({ loaded }) => loaded.settingsHash);
  return { name, sweepHash: sha256Hex(canonicalJson({ name, cells: settings })), cells };
}

type Sweep = Pick<LoadedSweep, 'name' | 'cells'>;

/** @param within the files that this one is read for */
function read(file: string, overrides: readonly Override[], within: readonly string[]): Sweep {
  const settings = readFile(file);
  if (sweepKeyOf(settings.value) === null) return single(withOverrides(settings, overrides), file);
  const parsed = schema.safeParse(settings.value);
  if (!parsed.success) {
    const [problem] = parsed.error.issues.flatMap((issue) => explain(schema, settings.value, issue));
    const { path, part, what, allowed } = problem!;
    throw new SettingsError(settings.locate(path, part), path, what, allowed);
  }
  const sweep = parsed.data;
  checkSweep(sweep, settings);
  const cells = [
    ...ownCells(sweep, settings, file, overrides),
    ...takenCells(sweep, settings, file, overrides, within),
  ];
  if (cells.length === 0)
    throw new SettingsError(
      settings.locate(['exclude'], 'value'),
      ['exclude'],
      'leaves no cell',
      'some of the cells',
    );
  return { name: sweep.name, cells };
}

function single(settings: SettingsFile, file: string): Sweep {
  const loaded = experimentOf(settings, file);
  const { name, seed } = loaded.experiment;
  return { name, cells: [{ label: labelOf({}, null), values: {}, seed, loaded }] };
}

function ownCells(
  sweep: SweepFile,
  settings: SettingsFile,
  file: string,
  overrides: readonly Override[],
): Cell[] {
  if (sweep.base === undefined) return [];
  const baseFile = typeof sweep.base === 'string' ? resolve(dirname(file), sweep.base) : file;
  const base = typeof sweep.base === 'string' ? readFile(baseFile) : blockAt(settings, 'base');
  const fixed = Object.entries(sweep.set).map(([path, value]) =>
    written(settings, ['set', path], path, value),
  );
  const seeds = seedsOf(sweep.seeds, blockOf(base.value)['seed']);
  return expand(sweep).flatMap(({ values, sources }: Variant) =>
    seeds.map((seed, at) => {
      const source = Array.isArray(sweep.seeds) ? ['seeds', at] : ['seeds'];
      const own = [
        ...Object.entries(values).map(([path, value]) => written(settings, sources[path]!, path, value)),
        ...fixed,
        ...(seed === null ? [] : [written(settings, source, 'seed', seed)]),
        ...overrides,
      ];
      const loaded = experimentOf(withOverrides(base, own), baseFile);
      const label = labelOf(values, seeds.length === 1 ? null : seed);
      return { label, values, seed: loaded.experiment.seed, loaded };
    }),
  );
}

function takenCells(
  sweep: SweepFile,
  settings: SettingsFile,
  file: string,
  overrides: readonly Override[],
  within: readonly string[],
): Cell[] {
  return sweep.take.flatMap(({ from, where }, at) => {
    const other = resolve(dirname(file), from);
    const refuse = (key: string, what: string, allowed: string) => {
      const path = ['take', at, key];
      return new SettingsError(settings.locate(path, 'value'), path, what, allowed);
    };
    if ([...within, resolve(file)].includes(other))
      throw refuse('from', `${from} takes its cells from this file`, 'another sweep');
    const { name, cells } = read(other, overrides, [...within, resolve(file)]);
    const taken = cells.filter(({ values }) => matches(values, where));
    if (taken.length === 0) {
      const some = cells.slice(0, 3).map(({ label }) => label);
      throw refuse(
        'where',
        `no cell of ${name} has these values`,
        `those of a cell such as ${some.join('; ')}`,
      );
    }
    return taken.map((cell) => ({ ...cell, label: `${name}: ${cell.label}` }));
  });
}

/** Null: the one that the base has, or its default. */
function seedsOf(seeds: SweepFile['seeds'], base: unknown): (number | null)[] {
  if (Array.isArray(seeds)) return seeds;
  if (seeds === 1) return [null];
  // Another kind of value is for the experiment's schema to refuse.
  const first = typeof base === 'number' ? base : DEFAULT_SEED;
  return Array.from({ length: seeds }, (_, at) => first + at);
}

const written = (
  settings: SettingsFile,
  source: readonly (string | number)[],
  path: string,
  value: unknown,
): Override => ({ path: path.split('.'), value, place: settings.locate(source, 'value') });
