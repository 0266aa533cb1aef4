/** Rules of images, and of how they are divided. */
import { shapeOf, total } from '../../data/data-set.ts';
import { mostClients } from '../../data/partition.ts';
import { sharedCount } from '../../data/sharing.ts';
import type { Problem } from '../explain.ts';
import type { Experiment } from '../schema.ts';
import { count, problem, upTo } from './problem.ts';
import { oneDuration } from './training.ts';

export function* sharing({ data: { source, sharing } }: Experiment): Generator<Problem> {
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

export function* partition({ data }: Experiment): Generator<Problem> {
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
export function* centralized({ data, federation, filtering }: Experiment): Generator<Problem> {
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
export function* images({ data, features, evaluation, filtering }: Experiment): Generator<Problem> {
  const { classes, train, test } = shapeOf(data.source);
  const until = data.sharing?.warmup.until ?? null;
  const wanted = [
    ['features.images', (features.kind === 'classifier' && features.images) || 0, train, 'training'],
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
