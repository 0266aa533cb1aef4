/** A sweep: the cells of a grid of experiments. */
import { z } from 'zod';
import { blockOf } from '../settings-file.ts';
import { integer, list } from './values.ts';

/** Settings by their paths: "data.sharing.beta". */
const values = z
  .record(z.string(), z.unknown())
  .meta({ allowed: 'a block of settings such as data.sharing.alpha: 50' });

const range = z.strictObject({ from: z.number(), to: z.number(), step: z.number().gt(0) });

const axis = z
  .union([z.array(z.unknown()).min(1).max(1000), range])
  .meta({ allowed: 'a list of 1 to 1000 values, or from, to and a step above 0' });

const path = z
  .string()
  .regex(/^[^.]+(\.[^.]+)*$/)
  .meta({ allowed: 'the path of a setting such as data.sharing.beta' });

export const sweep = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z0-9-]{1,40}$/)
    .meta({ allowed: 'a to z, 0 to 9 and -, at most 40 characters' }),
  /** The experiment that every cell is a variant of: a file, relative to the sweep's, or its settings. */
  base: z
    .union([z.string().min(1), z.record(z.string(), z.unknown())])
    .meta({ allowed: 'the file of an experiment, or its settings' })
    .optional(),
  /** The values of a setting, by its path. Every value of one meets every value of the others. */
  axes: z.record(z.string(), axis).meta({ allowed: 'a block of axes' }).default({}),
  /** Axes that go side by side instead, value by value. */
  zip: list(list(path, 2, 100, 'axes'), 1, 100, 'groups of axes').default([]),
  /** Cells that are left out: all that have these values. */
  exclude: list(values, 1, 1000, 'cells').default([]),
  /** Cells that are added; what they do not say is the base's. */
  include: list(values, 1, 1000, 'cells').default([]),
  /** How often every cell is repeated, each time from the next seed, or the seeds themselves. */
  seeds: z
    .union([
      integer(1, 1000),
      z
        .array(integer(0, 2 ** 31 - 1))
        .min(1)
        .max(1000),
    ])
    .meta({ allowed: '1 to 1000 seeds, or a list of as many' })
    .default(1),
  /** Settings of all cells, by their paths. */
  set: values.default({}),
  /** Cells of other sweeps, as they are there: all of them, or those that have these values. */
  take: list(
    z.strictObject({
      /** Relative to the sweep's file. */
      from: z.string().min(1).meta({ allowed: 'the file of a sweep' }),
      where: values.default({}),
    }),
    1,
    100,
    'sweeps',
  ).default([]),
});

/** The key that makes settings those of a sweep; null: they are an experiment. */
export const sweepKeyOf = (settings: unknown): string | null =>
  ['base', 'axes', 'take'].find((key) => key in blockOf(settings)) ?? null;

export type SweepFile = z.output<typeof sweep>;
export type Axis = SweepFile['axes'][string];
