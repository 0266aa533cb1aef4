/** Features of many images, a piece at a time, so that a step stays in touch and goes on where it was stopped. */
import { setImmediate } from 'node:timers/promises';
import type { ImageBatch } from '../../phoenix/data/samples.ts';
import { largestPerRow } from '../../phoenix/metrics/class-distribution.ts';
import type { FeatureSet } from '../../phoenix/metrics/feature-set.ts';
import { classesIn } from '../../phoenix/models/classifier-parameters.ts';
import { extractors, type NetworkChoice } from '../../phoenix/models/extractors.ts';
import type { Tensor, Tensors } from '../../phoenix/storage/safetensors.ts';
import type { Checkpoints } from '../../phoenix/storage/steps.ts';
import { StepStopped, type EngineContext } from './context.ts';
import type { Extractor } from './engine.ts';
import type { FeatureNetworks } from './settings.ts';
import { CheckpointClock } from './training-loop.ts';

const PIECE = 1000;

interface Work {
  /** For messages: "measure". */
  readonly name: string;
  readonly checkpointSeconds: number;
}

/**
 * What the networks make of a batch of images: safetensors `standard` and, where the extractor has such a layer, `paper`,
 * float32 [count, dimensions]; `logits`, float32 [count, classes]; `labels`, uint8 [count].
 *
 * @throws StepStopped, CorruptObject, MissingObject
 */
export async function featuresThrough(
  context: EngineContext,
  checkpoints: Checkpoints,
  { imageSize, extractor, labeller }: FeatureNetworks,
  { images, count }: ImageBatch,
  work: Work,
): Promise<Tensors> {
  const own = await loadNetwork(context, imageSize, extractor);
  const namer = labeller && (await loadNetwork(context, imageSize, labeller));
  const { standard, paper } = extractors[extractor.kind].layers;
  const imageBytes = imageSize ** 2 * 3;

  const newest = await checkpoints.load();
  const pieces = newest ? [newest.tensors] : [];
  let done = newest?.done ?? 0;
  let saved = done;
  const clock = new CheckpointClock(work.checkpointSeconds);
  const save = async (): Promise<void> => {
    await clock.timed(() => checkpoints.save(done, joined(pieces), null));
    saved = done;
  };
  while (done < count) {
    if (context.stopRequested()) {
      if (done > saved) await save();
      throw new StepStopped(work.name, done);
    }
    const size = Math.min(PIECE, count - done);
    const piece = images.subarray(done * imageBytes, (done + size) * imageBytes);
    const { taps, logits } = own.features(piece, size);
    const labels = largestPerRow(namer ? namer.features(piece, size).logits : logits, size);
    pieces.push(
      new Map<string, Tensor>([
        ['standard', rows(taps.get(standard)!, size)],
        ...(paper === null ? [] : [['paper', rows(taps.get(paper)!, size)] as const]),
        ['logits', rows(logits, size)],
        ['labels', { shape: [size], data: labels }],
      ]),
    );
    done += size;
    context.progress({ done, total: count });
    await setImmediate();
    if (clock.due() && done < count) await save();
  }
  return joined(pieces);
}

/**
 * For work that has no checkpoints of its own.
 *
 * @throws StepStopped
 */
export function stopIfAsked(context: Pick<EngineContext, 'stopRequested'>, step: string, done: number): void {
  if (context.stopRequested()) throw new StepStopped(step, done);
}

/** As the metrics take them. */
export function featureSet(tensors: Tensors): FeatureSet {
  const { logits, labels, standard, paper } = Object.fromEntries(tensors) as Record<string, Tensor>;
  const layer = ({ shape, data }: Tensor) => ({ dimensions: shape[1]!, values: data as Float32Array });
  return {
    count: labels!.data.length,
    standard: layer(standard!),
    paper: paper ? layer(paper) : null,
    logits: logits!.data as Float32Array,
    labels: labels!.data as Uint8Array,
  };
}

/** @throws CorruptObject, MissingObject */
async function loadNetwork(
  { engine, blobs }: Pick<EngineContext, 'engine' | 'blobs'>,
  imageSize: number,
  { weights: ref, ...network }: FeatureNetworks['extractor'] | NonNullable<FeatureNetworks['labeller']>,
): Promise<Extractor> {
  const weights = await blobs.getTensors(ref);
  const choice: NetworkChoice =
    network.kind === 'classifier' ? { ...network, classes: classesIn(weights) } : network;
  const extractor = await engine.extractor({ imageSize, network: choice });
  extractor.load(weights);
  return extractor;
}

const rows = (data: Float32Array, count: number): Tensor => ({ shape: [count, data.length / count], data });

/** All rows, one piece's after the other's, tensor by tensor. */
function joined(pieces: readonly Tensors[]): Tensors {
  return new Map(
    [...pieces[0]!].map(([name, { shape, data: first }]) => {
      const parts = pieces.map((piece) => piece.get(name)!.data);
      const length = parts.reduce((sum, part) => sum + part.length, 0);
      const data = new (first.constructor as Float32ArrayConstructor)(length);
      let at = 0;
      for (const part of parts) {
        data.set(part, at);
        at += part.length;
      }
      return [name, { shape: [length / (first.length / shape[0]!), ...shape.slice(1)], data }];
    }),
  );
}
