/** From axes to cells. Pure: it knows nothing of what the settings mean. */
import { canonicalJson } from '../../storage/canonical-json.ts';
import type { Axis, SweepFile } from '../schema/sweep.ts';

/** What makes a cell what it is: settings by their paths. */
export type Values = Readonly<Record<string, unknown>>;

/** Where in the sweep's file a value is written. */
export type Source = readonly (string | number)[];

export interface Variant {
  readonly values: Values;
  /** Of each value, by its path. */
  readonly sources: Readonly<Record<string, Source>>;
}

/**
 * Every value of an axis with every value of the others, the last axis fastest; zipped ones side by side, in the place of the first
 * of them; then without what is excluded, and with what is included at the end.
 *
 * @param sweep axes that are zipped are as long as each other, and each is in one group
 */
export function expand({
  axes,
  zip,
  exclude,
  include,
}: Pick<SweepFile, 'axes' | 'zip' | 'exclude' | 'include'>): Variant[] {
  const paths = Object.keys(axes);
  const groups = paths.flatMap((path) => {
    const group = zip.find((one) => one.includes(path)) ?? [path];
    return path === paths.find((one) => group.includes(one)) ? [group] : [];
  });
  const crossed = groups.reduce<Variant[]>(
    (variants, group) => variants.flatMap((one) => steps(axes, group).map((step) => merged(one, step))),
    [{ values: {}, sources: {} }],
  );
  const kept = crossed.filter(({ values }) => !exclude.some((cell) => matches(values, cell)));
  const added = include.map((values, at) => ({
    values,
    sources: mapped(values, (path) => ['include', at, path]),
  }));
  // Without axes the base is a cell only where nothing else is said.
  return paths.length === 0 && added.length > 0 ? added : [...kept, ...added];
}

/** Whether the cell has all of the wanted values. */
export const matches = (values: Values, wanted: Values): boolean =>
  Object.entries(wanted).every(
    ([path, value]) => Object.hasOwn(values, path) && canonicalJson(values[path]) === canonicalJson(value),
  );

/** A range with both of its ends, in decimals as they are written: 0.1, 0.2, 0.3. */
export function valuesOf(axis: Axis): readonly unknown[] {
  if (Array.isArray(axis)) return axis;
  const { from, to, step } = axis;
  // What floating point leaves of the last step must not cost the last value.
  const count = Math.floor((to - from) / step + 1e-9) + 1;
  return Array.from({ length: Math.max(0, count) }, (_, at) => Number((from + at * step).toPrecision(12)));
}

function steps(axes: SweepFile['axes'], group: readonly string[]): Variant[] {
  return valuesOf(axes[group[0]!]!).map((_, at) => ({
    values: Object.fromEntries(group.map((path) => [path, valuesOf(axes[path]!)[at]])),
    sources: Object.fromEntries(
      group.map((path) => [path, Array.isArray(axes[path]) ? ['axes', path, at] : ['axes', path]]),
    ),
  }));
}

const merged = (one: Variant, other: Variant): Variant => ({
  values: { ...one.values, ...other.values },
  sources: { ...one.sources, ...other.sources },
});

const mapped = <T>(values: Values, of: (path: string) => T): Record<string, T> =>
  Object.fromEntries(Object.keys(values).map((path) => [path, of(path)]));
