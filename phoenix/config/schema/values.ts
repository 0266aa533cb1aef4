/** The kinds of values that settings have; `allowed` is what error messages print. */
import { z } from 'zod';

export const integer = (min: number, max: number) =>
  z
    .int()
    .min(min)
    .max(max)
    .meta({ allowed: `whole numbers from ${min} to ${max}` });

export const number = (min: number, max: number) =>
  z
    .number()
    .min(min)
    .max(max)
    .meta({ allowed: `${min} to ${max}` });

export const positive = (max: number) =>
  z
    .number()
    .gt(0)
    .max(max)
    .meta({ allowed: `above 0, at most ${max}` });

export const choice = <const T extends string | number>(...values: T[]) =>
  z.literal(values).meta({ allowed: values.join(', ') });

export const boolean = () => z.boolean().meta({ allowed: 'true, false' });

export const list = <T extends z.ZodType>(item: T, min: number, max: number, items: string) =>
  z
    .array(item)
    .min(min)
    .max(max)
    .meta({ allowed: `a list of ${min} to ${max} ${items}` });

/** How long a network is trained: passes over its images, or optimiser steps; one of the two is null (`rules`). */
export const duration = {
  epochs: integer(1, 100_000).nullable().default(null),
  steps: integer(1, 10_000_000).nullable().default(null),
};

/** So many epochs unless something else is said. */
export const unlessSaid =
  (epochs: number) =>
  <T extends { epochs: number | null; steps: number | null }>(settings: T): T =>
    settings.epochs === null && settings.steps === null ? { ...settings, epochs } : settings;
