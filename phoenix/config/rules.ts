/** Rules that span several settings: what no single value can get wrong, but their combination can. */
import { shapeOf, total } from '../data/data-set.ts';
import { mostClients } from '../data/partition.ts';
import { sharedCount } from '../data/sharing.ts';
import { namesMatching } from '../federation/personal.ts';
import { averagesClients } from '../federation/privacy/clipped.ts';
import { cohortSize } from '../federation/selection.ts';
import { strategyOf } from '../federation/strategies/index.ts';
import { DCGAN_IMAGE_SIZE } from '../models/dcgan-parameters.ts';
import { noiseSchedule, signalShares } from '../models/diffusion.ts';
import { unetParameters, type UNetSettings } from '../models/unet-parameters.ts';
import type { Problem } from './explain.ts';
import type { Experiment } from './schema.ts';

/** Smallest normal float32: reverse steps divide by √ᾱ. */
const SMALLEST_SHARE = 2 ** -126;

/** Every rule that the experiment breaks, in the order of the settings; none if it can run. */
export function brokenRules(experiment: Experiment): Problem[] {
  return [
    sharing,
    partition,
    centralized,
    images,
    unet,
    dcgan,
    diffusion,
    training,
    fedsgd,
    strategy,
    personalization,
    privacy,
    participation,
    sampling,
    filtering,
    evaluation,
  ].flatMap((rules) => [...rules(experiment)]);
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
  if (federation.strategy.kind !== 'fedavg') yield senseless('federation.strategy.kind');
  if (federation.personalization !== 'none') yield senseless('federation.personalization');
  if (federation.privacy) yield senseless('federation.privacy');
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

function* unet({ data, model }: Experiment): Generator<Problem> {
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
function* dcgan({ data, model, training, federation }: Experiment): Generator<Problem> {
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

function* diffusion({ diffusion }: Experiment): Generator<Problem> {
  if (diffusion === null) return;
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

/** A client takes one step, on all of its images and at the full rate. A warm-up trains as ever. */
function* fedsgd({ data, training, federation }: Experiment): Generator<Problem> {
  if (federation.strategy.kind !== 'fedsgd') return;
  for (const length of ['epochs', 'steps'] as const) {
    if (training[length] === null) continue;
    yield problem(`training.${length}`, 'with fedsgd a client takes one step in a round', 'nothing');
  }
  const { kind, warmupSteps } = training.schedule;
  if (data.sharing === null && (kind !== 'constant' || warmupSteps > 0)) {
    yield problem('training.schedule', 'with fedsgd a client takes one step, at the full rate', 'nothing');
  }
}

/** Most clients whose models are looked at side by side. */
const mostAtOnce = 100;

function* strategy(experiment: Experiment): Generator<Problem> {
  const { strategy } = experiment.federation;
  const { kind } = strategy;
  if (kind !== 'median' && kind !== 'trimmedMean' && kind !== 'krum' && kind !== 'multiKrum') return;
  const most = cohortSize(experiment.data.clients, experiment.federation.participation);
  if (most > mostAtOnce) {
    const what = `${kind} looks at the models of all clients at once`;
    yield problem('data.clients', what, upTo(mostAtOnce));
  }
  const [fewest, setBy] = fewestModels(experiment, most);
  if (kind === 'trimmedMean' && strategy.share * fewest < 1) {
    const what = `${strategy.share} of ${fewest} clients is nobody`;
    yield problem('federation.strategy.share', what, `at least ${Number((1 / fewest).toPrecision(3))}`);
  }
  if (kind === 'krum' || kind === 'multiKrum') yield* krum(fewest, setBy, strategy);
}

/** With how few models a round may go on, and the setting that lets it. */
function fewestModels(
  { data: { clients }, federation: { participation } }: Experiment,
  drawn: number,
): [count: number, setBy: string] {
  const { deadline, minimumResults } = participation;
  if (deadline !== null && minimumResults < drawn) {
    return [minimumResults, 'federation.participation.minimumResults'];
  }
  return [drawn, drawn < clients ? 'federation.participation.fraction' : 'data.clients'];
}

function* krum(
  clients: number,
  setBy: string,
  strategy: { readonly malicious: number; readonly select?: number },
): Generator<Problem> {
  const { malicious, select = 1 } = strategy;
  // What the rule promises rests on 2f + 2 < n.
  if (clients < 3) {
    const what = `${clients} ${clients === 1 ? 'client has' : 'clients have'} too few neighbours for Krum`;
    yield problem(setBy, what, setBy.endsWith('fraction') ? 'at least 3 clients in a round' : 'at least 3');
  } else if (2 * malicious + 2 >= clients) {
    const what = `${malicious} of ${clients} clients`;
    yield problem('federation.strategy.malicious', what, `0 to ${Math.floor((clients - 3) / 2)}`);
  } else if (select > clients - malicious) {
    const what = `${select} is more than the ${clients - malicious} clients that are not malicious`;
    yield problem('federation.strategy.select', what, upTo(clients - malicious));
  }
}

function* personalization({ model, federation: { personalization } }: Experiment): Generator<Problem> {
  if (typeof personalization === 'string' || model.kind !== 'unet') return;
  const names = [...unetParameters(model).keys()];
  const path = 'federation.personalization';
  const matches = personalization.map((pattern) => namesMatching(names, pattern));
  const unmatched = matches.findIndex((matching) => matching.length === 0);
  if (unmatched !== -1) {
    const what = `${personalization[unmatched]} is no parameter of the network`;
    yield problem(
      `${path}.${unmatched}`,
      what,
      'names as in diffusers, such as conv_in.weight or up_blocks.1.*',
    );
  }
  if (new Set(matches.flat()).size === names.length) {
    yield problem(path, 'every parameter is personal, and none is left to average', 'fewer of them');
  }
}

function* privacy({ data, model, federation, filtering, evaluation }: Experiment): Generator<Problem> {
  const { privacy, strategy } = federation;
  if (!privacy) return;
  if (!averagesClients(strategyOf(strategy))) {
    const what = `what one client can change under ${strategy.kind} is not bounded by federation.privacy.clip`;
    yield problem('federation.strategy.kind', what, 'strategies that average all clients, such as fedavg');
  }
  if (privacy.delta >= 1 / data.clients) {
    const what = `${privacy.delta} would allow for one of ${data.clients} clients to be laid open`;
    yield problem(
      'federation.privacy.delta',
      what,
      `above 0, below ${Number((1 / data.clients).toPrecision(3))}`,
    );
  }
  if (filtering && privacy.noiseMultiplier > 0) {
    // Who was removed decides about all later averages.
    const what = 'removes clients by metrics without noise, so that no ε would hold';
    yield problem('filtering', what, 'null where federation.privacy has noise');
  }
  if (model.kind === 'dcgan' && privacy.noiseMultiplier > 0) {
    const what = 'noise may make the variances of a DCGAN negative';
    yield problem('federation.privacy.noiseMultiplier', what, '0, or model.kind unet');
  }
  if (evaluation.personal === 'averaged') {
    const what = 'averaged personal layers leave the clients unprotected';
    yield problem('evaluation.personal', what, 'own where there is federation.privacy');
  }
}

function* participation({ data, federation }: Experiment): Generator<Problem> {
  for (const key of ['minimum', 'minimumResults'] as const) {
    const wanted = federation.participation[key];
    if (wanted <= data.clients) continue;
    const what = `${wanted} is more than data.clients`;
    yield problem(`federation.participation.${key}`, what, upTo(data.clients));
  }
}

function* sampling({ diffusion, sampling }: Experiment): Generator<Problem> {
  if (diffusion === null) return;
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

function* evaluation({ federation, evaluation }: Experiment): Generator<Problem> {
  if (evaluation.personal === 'averaged' && federation.personalization === 'none') {
    yield problem('evaluation.personal', 'averaged needs personal layers, and there are none', 'own');
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
