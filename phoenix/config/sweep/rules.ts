/** What no single value of a sweep can get wrong, but their combination can. */
import type { SweepFile } from '../schema/sweep.ts';
import { SettingsError } from '../settings-error.ts';
import type { SettingsFile } from '../settings-file.ts';
import { valuesOf } from './expand.ts';

const MOST_CELLS = 1000;

/** @throws SettingsError */
export function checkSweep(sweep: SweepFile, settings: SettingsFile): void {
  const { axes, zip, exclude, include, take, base, seeds } = sweep;
  const refuse = (path: readonly (string | number)[], part: 'key' | 'value', what: string, allowed: string) =>
    new SettingsError(settings.locate(path, part), path, what, allowed);

  if (base === undefined && take.length === 0)
    throw refuse(['base'], 'key', 'is missing', 'the file of an experiment, or its settings');
  const own = Object.entries({ axes, include, set: sweep.set }).find(
    ([, part]) => Object.keys(part).length > 0,
  );
  if (base === undefined && own) throw refuse([own[0]], 'key', 'has no base', 'nothing without a base');

  const blocks = [
    ...Object.keys(axes).map((path) => ['axes', path]),
    ...Object.keys(sweep.set).map((path) => ['set', path]),
    ...include.flatMap((cell, at) => Object.keys(cell).map((path) => ['include', at, path])),
  ];
  for (const path of blocks) {
    const setting = String(path.at(-1));
    if (setting.split('.').includes(''))
      throw refuse(path, 'key', 'is not the path of a setting', 'a path such as data.sharing.beta');
    if (path[0] === 'axes' && setting === 'seed')
      throw refuse(path, 'key', 'has a list of its own', 'seeds beside the axes');
  }
  const undone = Object.keys(sweep.set).find((path) =>
    Object.keys(axes).some((axis) => axis === path || axis.startsWith(`${path}.`)),
  );
  if (undone !== undefined)
    throw refuse(['set', undone], 'key', 'would undo an axis', 'settings that are no axis, or a part of one');

  for (const [path, axis] of Object.entries(axes)) {
    if (valuesOf(axis).length === 0)
      throw refuse(['axes', path], 'value', 'the range ends before it begins', 'from at most as large as to');
  }
  const seen = new Map<string, number>();
  for (const [at, group] of zip.entries()) {
    const length = (path: string) => valuesOf(axes[path]!).length;
    for (const [place, path] of group.entries()) {
      const here = ['zip', at, place];
      if (!Object.hasOwn(axes, path))
        throw refuse(here, 'value', `${path} is no axis`, Object.keys(axes).join(', ') || 'axes');
      if (seen.has(path)) throw refuse(here, 'value', `${path} is zipped already`, 'each axis once');
      seen.set(path, at);
      if (length(path) !== length(group[0]!)) {
        const what = `${path} has ${length(path)} values and ${group[0]} has ${length(group[0]!)}`;
        throw refuse(here, 'value', what, 'axes with as many values as each other');
      }
    }
  }
  for (const [at, cell] of exclude.entries()) {
    const unknown = Object.keys(cell).find((path) => !Object.hasOwn(axes, path));
    if (unknown !== undefined)
      throw refuse(
        ['exclude', at, unknown],
        'key',
        'is no axis',
        Object.keys(axes).join(', ') || 'nothing without axes',
      );
  }
  const lengths = Object.entries(axes).map(([path, axis]) =>
    zip.some((group) => group.indexOf(path) > 0) ? 1 : valuesOf(axis).length,
  );
  const cells = lengths.reduce(
    (product, length) => product * length,
    Array.isArray(seeds) ? seeds.length : seeds,
  );
  if (cells > MOST_CELLS) throw refuse(['axes'], 'key', `make ${cells} cells`, `at most ${MOST_CELLS}`);
}
