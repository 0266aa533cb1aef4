/** Features of many images, a piece at a time, so that the step stays in touch. */
import { setImmediate } from 'node:timers/promises';
import type { Ref } from '../../phoenix/federation/records.ts';
import { classesIn } from '../../phoenix/models/classifier-parameters.ts';
import { StepStopped, type EngineContext } from './context.ts';
import type { ClassifierSettings, Extractor } from './engine.ts';
import type { ImageBatch } from './samples.ts';

const PIECE = 1000;

/**
 * A trained classifier, as what the metrics see through.
 *
 * @throws CorruptObject, MissingObject
 */
export async function loadExtractor(
  { engine, blobs }: Pick<EngineContext, 'engine' | 'blobs'>,
  settings: Omit<ClassifierSettings, 'classes'>,
  classifier: Ref,
): Promise<Extractor> {
  const weights = await blobs.getTensors(classifier);
  const extractor = await engine.extractor({ ...settings, classes: classesIn(weights) });
  extractor.load(weights);
  return extractor;
}

/**
 * Features [count, dimensions] and logits [count, classes] of a batch of images.
 *
 * @throws StepStopped
 */
export async function extractFeatures(
  context: Pick<EngineContext, 'progress' | 'stopRequested'>,
  extractor: Extractor,
  step: string,
  { images, count }: ImageBatch,
): Promise<{ features: Float32Array; logits: Float32Array }> {
  const imageBytes = images.length / count;
  const pieces: { features: Float32Array; logits: Float32Array }[] = [];
  for (let start = 0; start < count; start += PIECE) {
    if (context.stopRequested()) throw new StepStopped(step, start);
    const size = Math.min(PIECE, count - start);
    const piece = images.subarray(start * imageBytes, (start + size) * imageBytes);
    const { taps, logits } = extractor.features(piece, size);
    pieces.push({ features: taps.get('features')!, logits });
    context.progress({ done: start + size, total: count });
    await setImmediate();
  }
  return {
    features: joined(pieces.map((piece) => piece.features)),
    logits: joined(pieces.map((piece) => piece.logits)),
  };
}

/** Column of the largest value of each row of `values` [n, columns]; ties: the lowest column. */
export function largestPerRow(values: Float32Array, columns: number): number[] {
  return Array.from({ length: values.length / columns }, (_, row) => {
    const own = values.subarray(row * columns, (row + 1) * columns);
    return own.indexOf(Math.max(...own));
  });
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
