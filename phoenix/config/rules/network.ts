/** Rules of the two kinds of networks, and of the diffusion process. */
import { DCGAN_IMAGE_SIZE } from '../../models/dcgan-parameters.ts';
import { noiseSchedule, signalShares } from '../../models/diffusion.ts';
import type { UNetSettings } from '../../models/unet-parameters.ts';
import type { Problem } from '../explain.ts';
import type { Experiment } from '../schema.ts';
import { problem, upTo } from './problem.ts';

/** Smallest normal float32: reverse steps divide by √ᾱ. */
const SMALLEST_SHARE = 2 ** -126;

export function* unet({ data, model }: Experiment): Generator<Problem> {
  if (model.kind !== 'unet') return;
  const levels = model.channels.length;
  const mostLevels = Math.log2(data.imageSize) + 1;
  if (levels > mostLevels) {
    const what = `${levels} levels cannot halve ${data.imageSize} pixels ${levels - 1} times`;
    yield problem('model.channels', what, `at most ${mostLevels} levels`);
  }
  if (model.attention.length !== levels) {
    const what = `${model.attention.length} entries for ${levels} levels`;
    yield problem('model.attention', what, `${levels} entries, as in model.channels`);
  }
  const uneven = model.channels.findIndex((channels) => channels % model.groups !== 0);
  if (uneven !== -1) {
    const what = `${model.channels[uneven]} is not divisible by model.groups`;
    yield problem(`model.channels.${uneven}`, what, `multiples of ${model.groups}`);
  }
  yield* heads(model);
}

function* heads({ channels, attention, headChannels }: UNetSettings): Generator<Problem> {
  if (headChannels === null) return;
  // The middle block, as wide as the last level, always attends.
  const attends = (level: number) => attention[level] === true || level === channels.length - 1;
  const uneven = channels.findIndex((width, level) => attends(level) && width % headChannels !== 0);
  if (uneven === -1) return;
  const what = `${headChannels} does not divide the ${channels[uneven]} channels of level ${uneven}`;
  yield problem('model.headChannels', what, 'divisors of the channels of every level with attention');
}

/** The paper's DCGAN has one image size, and a training step without some of the U-Net's options. */
export function* dcgan({ data, model, training, federation }: Experiment): Generator<Problem> {
  if (model.kind !== 'dcgan') return;
  const only: [path: string, value: string | number | null, possible: string | number | null][] = [
    ['data.imageSize', data.imageSize, DCGAN_IMAGE_SIZE],
    ['training.clipNorm', training.clipNorm, null],
    ['training.crop', training.crop, 0],
    ['training.precision', training.precision, 'float32'],
    ['federation.personalization', String(federation.personalization), 'none'],
  ];
  for (const [path, value, possible] of only) {
    if (value !== possible) yield problem(path, `${value} does not go with model.kind dcgan`, `${possible}`);
  }
  const { kind } = federation.strategy;
  if (dcganStrategies.includes(kind)) return;
  const what = `${kind} does not go with model.kind dcgan`;
  yield problem('federation.strategy.kind', what, dcganStrategies.join(', '));
}

/** The others train locally in ways of their own, or leave the range of what they combine, where a variance may be negative. */
const dcganStrategies: readonly string[] = ['fedavg', 'median', 'trimmedMean', 'krum', 'multiKrum'];

export function* diffusion({ diffusion }: Experiment): Generator<Problem> {
  if (diffusion === null) return;
  const left = signalShares(noiseSchedule(diffusion)).at(-1)!;
  if (left >= SMALLEST_SHARE) return;
  const what = `${diffusion.betaEnd} leaves nothing of an image after ${diffusion.steps} steps`;
  yield problem('diffusion.betaEnd', what, 'smaller values, or fewer steps');
}

export function* sampling({ diffusion, sampling }: Experiment): Generator<Problem> {
  if (diffusion === null) return;
  if (sampling.steps !== null && sampling.steps > diffusion.steps) {
    yield problem('sampling.steps', `${sampling.steps} is more than diffusion.steps`, upTo(diffusion.steps));
  }
}
