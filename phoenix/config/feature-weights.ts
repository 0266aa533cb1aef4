/**
 * Weights of the networks that metrics look through. They are found on the machine of whoever starts a run and go to the
 * store with it: workers need no files.
 */
import { readFileSync } from 'node:fs';
import { weightsFile } from '../models/cifar-classifier-files.ts';
import { CIFAR_CLASSIFIER_SIZES } from '../models/cifar-classifier-parameters.ts';
import type { PretrainedKind } from '../models/extractors.ts';
import { readReleasedWeights, WeightsMissing, weightsRecord } from '../models/released-weights.ts';
import { refOf } from '../storage/blobs.ts';
import { cacheFolder } from './environment.ts';
import type { FindWeights } from './feature-settings.ts';

const released = { 'inception-fid': 'inception', lanet: 'lanet' } as const;

/**
 * The network's weights as a blob, safetensors; null: this machine has none, or there are none for such images.
 *
 * @throws WeightsDamaged
 */
export function readWeights(kind: PretrainedKind, imageSize: number): Uint8Array | null {
  if (kind !== 'cifar-classifier') {
    return orNull(() => readReleasedWeights(cacheFolder(), released[kind]));
  }
  const size = CIFAR_CLASSIFIER_SIZES.find((side) => side === imageSize);
  return size === undefined ? null : readFileSync(weightsFile(size));
}

/** Without reading what takes long to read. */
export const findWeights: FindWeights = (kind, imageSize) => {
  if (kind === 'cifar-classifier') {
    const bytes = readWeights(kind, imageSize);
    return bytes && refOf(bytes);
  }
  const record = orNull(() => weightsRecord(cacheFolder(), released[kind]));
  return record && { hash: record.sha256, bytes: record.bytes };
};

function orNull<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof WeightsMissing) return null;
    throw error;
  }
}
