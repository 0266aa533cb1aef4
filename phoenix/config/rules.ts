/** Rules that span several settings: what no single value can get wrong, but their combination can. */
import { shapeOf, total } from '../data/data-set.ts';
import { mostClients } from '../data/partition.ts';
import { sharedCount } from '../data/sharing.ts';
import { noiseSchedule, signalShares } from '../models/diffusion.ts';
import type { Problem } from './explain.ts';
import type { Experiment } from './schema.ts';

/** Smallest normal float32: reverse steps divide by √ᾱ. */
const SMALLEST_SHARE = 2 ** -126;

/** Every rule that the experiment breaks, in the order of the settings; none if it can run. */
export function brokenRules(experiment: Experiment): Problem[] {
  return [sharing, partition, centralized, images, model, diffusion, training, sampling, filtering].flatMap(
    (rules) => [...rules(experiment)],
  );
}

function* sharing({ data: { source, sharing } }: Experiment): Generator<Problem> {
  if (!sharing) return;
  const { classes, train } = shapeOf(source);
  const { serverImages, beta, warmup } = sharing;
  const clientImages = total(train) - serverImages;
  const uneven = (images: string) => `${images}, not the same number of each of ${classes.length} classes`;
  // Each class leaves the clients an image.
  const most = classes.length * (Math.min(...train) - 1);
  if (serverImages > most) {
    const what = `${count(serverImages)} images, evenly over the classes, leave the clients none of some class`;
    return yield problem('data.sharing.serverImages', what, `multiples of ${classes.length}, up to ${most}`);
  }
  if (serverImages % classes.length !== 0) {
    const what = uneven(`${count(serverImages)} images`);
    yield problem('data.sharing.serverImages', what, `multiples of ${classes.length}`);
  }
  const shared = sharedCount(clientImages, beta);
  const size = `β·|C| = ${count(shared)} images (${beta} % of ${count(clientImages)})`;
  if (shared > serverImages) {
    const largest = Math.floor((serverImages / clientImages) * 1e6) / 1e4;
    const what = `${size}, more than |S| = ${count(serverImages)}`;
    yield problem('data.sharing.beta', what, `above 0, at most ${largest}`);
  } else if (shared === 0 || shared % classes.length !== 0) {
    const unit = Number(((classes.length / clientImages) * 100).toPrecision(6));
    yield problem('data.sharing.beta', uneven(size), `multiples of ${unit}`);
  }
  yield* oneDuration('data.sharing.warmup', warmup);
  const length = warmup.epochs ?? warmup.steps!;
  if (warmup.until && warmup.until.every > length) {
    const what = `${warmup.until.every} is more than the whole warm-up`;
    yield problem('data.sharing.warmup.until.every', what, upTo(length));
  }
}

function* partition({ data }: Experiment): Generator<Problem> {
  const { clients, partition, sharing, source } = data;
  const { classes, train } = shapeOf(source);
  if (partition.kind === 'classes' && partition.classesPerClient > classes.length) {
    const what = `${partition.classesPerClient} of ${classes.length} classes`;
    return yield problem('data.partition.classesPerClient', what, upTo(classes.length));
  }
  const ofServer = Math.floor((sharing?.serverImages ?? 0) / classes.length);
  const sizes = train.map((images) => images - ofServer);
  const most = mostClients(sizes, partition);
  if (clients <= most) return;
  const what =
    partition.kind === 'centralized'
      ? `${clients} clients where training is centralized`
      : `${count(total(sizes))} images are too few for ${clients} clients`;
  yield problem('data.clients', what, most === 0 ? 'no number, with this partition' : upTo(most));
}

/** With a single participant there is nothing to share, nothing to keep from others, and nobody to remove. */
function* centralized({ data, federation, filtering }: Experiment): Generator<Problem> {
  if (data.partition.kind !== 'centralized') return;
  const senseless = (path: string) =>
    problem(path, 'makes no sense where training is centralized', 'nothing');
  if (data.sharing) yield senseless('data.sharing');
  if (federation.personalization !== 'none') yield senseless('federation.personalization');
  if (filtering) yield senseless('filtering');
}

/** Real images of all classes alike are drawn for some steps: as many as every class has. */
function* images({ data, features, evaluation, filtering }: Experiment): Generator<Problem> {
  const { classes, train, test } = shapeOf(data.source);
  const until = data.sharing?.warmup.until ?? null;
  const wanted = [
    ['features.images', features.images ?? 0, train, 'training'],
    ['evaluation.samples', evaluation.samples, test, 'test'],
    ['filtering.samples', filtering?.samples ?? 0, test, 'test'],
    ['data.sharing.warmup.until.samples', until && 'samples' in until ? until.samples : 0, test, 'test'],
  ] as const;
  for (const [path, images, sizes, set] of wanted) {
    const most = classes.length * Math.min(...sizes);
    if (images <= most) continue;
    const what = `${count(images)} are more than there are ${set} images, evenly over the classes`;
    yield problem(path, what, `at most ${most}`);
  }
}

function* model({ data, model }: Experiment): Generator<Problem> {
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

function* heads({ channels, attention, headChannels }: Experiment['model']): Generator<Problem> {
  if (headChannels === null) return;
  // The middle block, as wide as the last level, always attends.
  const attends = (level: number) => attention[level] === true || level === channels.length - 1;
  const uneven = channels.findIndex((width, level) => attends(level) && width % headChannels !== 0);
  if (uneven === -1) return;
  const what = `${headChannels} does not divide the ${channels[uneven]} channels of level ${uneven}`;
  yield problem('model.headChannels', what, 'divisors of the channels of every level with attention');
}

function* diffusion({ diffusion }: Experiment): Generator<Problem> {
  const left = signalShares(noiseSchedule(diffusion)).at(-1)!;
  if (left >= SMALLEST_SHARE) return;
  const what = `${diffusion.betaEnd} leaves nothing of an image after ${diffusion.steps} steps`;
  yield problem('diffusion.betaEnd', what, 'smaller values, or fewer steps');
}

function* training({ data, training }: Experiment): Generator<Problem> {
  const { schedule, steps, crop } = training;
  yield* oneDuration('training', training);
  if (steps !== null && schedule.warmupSteps >= steps) {
    const what = `${schedule.warmupSteps} of ${steps} steps leave none at the full rate`;
    yield problem('training.schedule.warmupSteps', what, steps === 1 ? '0' : `0 to ${steps - 1}`);
  }
  if (crop > data.imageSize / 2) {
    const what = `${crop} pixels of images of ${data.imageSize}`;
    yield problem('training.crop', what, `0 to ${data.imageSize / 2}`);
  }
}

function* oneDuration(
  path: string,
  duration: { epochs: number | null; steps: number | null },
): Generator<Problem> {
  if (duration.epochs !== null && duration.steps !== null) {
    yield problem(`${path}.steps`, 'epochs are given too', 'either epochs or steps');
  }
}

function* sampling({ diffusion, sampling }: Experiment): Generator<Problem> {
  if (sampling.steps !== null && sampling.steps > diffusion.steps) {
    yield problem('sampling.steps', `${sampling.steps} is more than diffusion.steps`, upTo(diffusion.steps));
  }
}

function* filtering({ data, federation, filtering }: Experiment): Generator<Problem> {
  if (!filtering) return;
  if (filtering.startRound > federation.rounds) {
    const what = `${filtering.startRound} is after the last round`;
    yield problem('filtering.startRound', what, upTo(federation.rounds));
  }
  if (filtering.minimumClients > data.clients) {
    const what = `${filtering.minimumClients} is more than data.clients`;
    yield problem('filtering.minimumClients', what, upTo(data.clients));
  }
  if (filtering.removal === 'permanent' && filtering.skipRounds !== null) {
    const what = `${filtering.skipRounds} rounds of a removal for good`;
    yield problem('filtering.skipRounds', what, 'null, or filtering.removal: temporary');
  }
}

function problem(path: string, what: string, allowed: string): Problem {
  return { path: path.split('.'), part: 'value', what, allowed };
}

function upTo(most: number): string {
  return most === 1 ? '1' : `1 to ${most}`;
}

function count(images: number): string {
  return images.toLocaleString('en-US');
}
