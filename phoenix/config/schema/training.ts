/** Local training. */
import { z } from 'zod';
import { boolean, choice, duration, integer, positive, unlessSaid } from './values.ts';

/** Of the learning rate, over the steps of one training. */
const schedule = z.strictObject({
  /** After the warm-up: constant, or falling to 0 along a line or half a cosine. */
  kind: choice('constant', 'linear', 'cosine').default('constant'),
  /** First steps, in which the rate rises from 0. */
  warmupSteps: integer(0, 10_000_000).default(0),
});

/** Of a client in one round, with the defaults of its network (paper §4.1, §4.2). */
export const training = (defaults: { readonly learningRate: number; readonly epochs: number }) =>
  z
    .strictObject({
      learningRate: positive(1).default(defaults.learningRate),
      schedule: schedule.prefault({}),
      /** The learning rate of round r is this to the power r − 1 times as large; the warm-up has the full one. */
      roundDecay: positive(1).default(1),
      batchSize: integer(1, 4096).default(128),
      ...duration,
      /** Longer gradients, as one vector of all parameters, are scaled to this length; null: they are left alone. */
      clipNorm: positive(1_000_000).nullable().default(null),
      /** Random horizontal flips. */
      flip: boolean().default(true),
      /** Random crops: each image is moved by up to so many pixels in both directions, over black. */
      crop: integer(0, 16).default(0),
      /** bfloat16: operands of convolutions and dense layers are rounded to it, for GPUs from Ampere on. */
      precision: choice('float32', 'bfloat16').default('float32'),
    })
    .transform(unlessSaid(defaults.epochs))
    .prefault({});
