/** The networks, the diffusion process of the U-Net, and how samples are drawn from it. */
import { z } from 'zod';
import { boolean, choice, integer, list, number, positive } from './values.ts';

const kind = <const K extends 'unet' | 'dcgan'>(own: K) => z.literal(own).meta({ allowed: 'unet, dcgan' });

/** The U-Net: the defaults are the DDPM CIFAR-10 network with 35,746,307 parameters (paper §4.2). */
export const unet = z.strictObject({
  kind: kind('unet').default('unet'),
  /** Channels of each resolution level, from the full image size down, each level half as large as the one before. */
  channels: list(integer(1, 1024), 1, 6, 'channel numbers').default([128, 256, 256, 256]),
  layersPerBlock: integer(1, 4).default(2),
  /** Whether a level has self-attention. */
  attention: list(boolean(), 1, 6, 'true or false').default([false, true, false, false]),
  /** Channels of one attention head; null: a single head of all channels. */
  headChannels: integer(1, 1024).nullable().default(null),
  /** Groups of each group normalisation. */
  groups: integer(1, 256).default(32),
  /** Added to the variance in group normalisation. */
  normEpsilon: positive(1).default(1e-6),
  /** Time frequencies fall from 1 to 10000^−(h−1)/(h−shift), h = half the channels of the first level. */
  frequencyShift: number(0, 1).default(1),
  /** Order of the time embedding's halves: sine first, or cosine first. */
  cosineFirst: boolean().default(false),
  /** Zeros around a level before it is halved: 0 pads one row below and one column right, 1 pads all sides. */
  downsamplePadding: choice(0, 1).default(0),
});

/** The DCGAN: the defaults are the baseline with 3,573,824 + 2,759,424 parameters (paper §4.1). */
export const dcgan = z.strictObject({
  kind: kind('dcgan'),
  /** Length of the noise vector that an image is made from. */
  latents: integer(1, 1024).default(100),
  /** Channels of the generator's last hidden layer, the one with the full resolution. */
  generatorChannels: integer(1, 512).default(64),
  /** Channels of the discriminator's first layer. */
  discriminatorChannels: integer(1, 512).default(64),
});

/** A block that only the U-Net has. */
export const notForDcgan = z.literal(null).meta({ allowed: 'nothing with model.kind dcgan' }).default(null);

export const diffusion = z.strictObject({
  /** T. */
  steps: integer(2, 4000).default(1000),
  schedule: choice('linear', 'cosine', 'constant').default('cosine'),
  /** β of the first and the last timestep; `constant` is their mean, and `cosine` has its own and ignores them. */
  betaStart: positive(0.999).default(1e-4),
  betaEnd: positive(0.999).default(0.02),
});

export const init = z.strictObject({
  /** Folder of a trained U-Net in diffusers' format, relative to the experiment's file. */
  from: z.string().min(1).meta({ allowed: 'a folder' }),
});

/** Whether the image that a step predicts is clipped to [−1, 1]. */
const clip = boolean().default(true);

export const sampling = z.discriminatedUnion('method', [
  z.strictObject({
    method: choice('ddim'),
    steps: integer(1, 4000).default(100),
    /** Which timesteps: counted from the first, from the last, or spread evenly over both (diffusers' names). */
    spacing: choice('leading', 'trailing', 'linspace').default('leading'),
    /** η: 0 draws no noise after the first, 1 as much as ancestral sampling. */
    eta: number(0, 1).default(0),
    clip,
  }),
  z.strictObject({
    method: choice('ancestral'),
    /** null: all T. */
    steps: integer(1, 4000).nullable().default(null),
    /** Of the noise in a step: β̃_t, or the larger β_t. */
    variance: choice('fixedSmall', 'fixedLarge').default('fixedSmall'),
    clip,
  }),
]);
