/** The files of the classifier that comes with Phoenix: weights, and the record of how they came about. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../infra/setup/root.mjs';
import type { CifarClassifierSize } from './cifar-classifier-parameters.ts';

export interface TrainingRecord {
  /** Trains it again. */
  readonly command: string;
  readonly settings: Readonly<Record<string, number>>;
  /** Number of trained weights. */
  readonly parameters: number;
  /** Mean cross entropy of each epoch, in nats. */
  readonly epochLosses: readonly number[];
  /** Share of CIFAR-10's test images that it labels right. */
  readonly testAccuracy: number;
  /** Of the weights' file, hex. */
  readonly sha256: string;
}

const file = (size: CifarClassifierSize, extension: string): string =>
  join(root, 'weights', `cifar-classifier-${size}.${extension}`);

export const weightsFile = (size: CifarClassifierSize): string => file(size, 'safetensors');

export const recordFile = (size: CifarClassifierSize): string => file(size, 'json');

export const readRecord = (size: CifarClassifierSize): TrainingRecord =>
  JSON.parse(readFileSync(recordFile(size), 'utf8')) as TrainingRecord;
