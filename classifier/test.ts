/** Measures the classifiers that come with Phoenix, and compares with what their records say. */
import { readFileSync } from 'node:fs';
import { readRecord, weightsFile } from '../phoenix/models/cifar-classifier-files.ts';
import {
  CIFAR_CLASSIFIER_SIZES,
  type CifarClassifierSize,
} from '../phoenix/models/cifar-classifier-parameters.ts';
import { sha256Hex } from '../phoenix/storage/canonical-json.ts';
import { decodeSafetensors } from '../phoenix/storage/safetensors.ts';
import { accuracy } from './accuracy.ts';
import { imagesOf } from './images.ts';

/** On other processors a few images of ten thousand may fall on the other side of a border. */
const TOLERANCE = 0.001;

/**
 * Prints a line for each, or one JSON object. The exit code is 1 if a file is not the recorded one, or its accuracy
 * differs by more than a thousandth.
 *
 * @throws DataFileMissing, DataFileCorrupt, BadSafetensors
 */
export function test(json: boolean): void {
  const results = CIFAR_CLASSIFIER_SIZES.map(measured);
  if (json) console.log(JSON.stringify(results, null, 2));
  else for (const result of results) console.log(line(result));
  if (!results.every(({ asRecorded }) => asRecorded)) process.exitCode = 1;
}

function measured(size: CifarClassifierSize) {
  const bytes = readFileSync(weightsFile(size));
  const { parameters, testAccuracy: recorded, sha256 } = readRecord(size);
  const testAccuracy = accuracy(size, decodeSafetensors(bytes).tensors, imagesOf(size).test);
  const asRecorded = sha256Hex(bytes) === sha256 && Math.abs(testAccuracy - recorded) <= TOLERANCE;
  return { size, parameters, bytes: bytes.length, testAccuracy, recorded, asRecorded };
}

const line = ({ size, parameters, bytes, testAccuracy, asRecorded }: ReturnType<typeof measured>): string =>
  `${size}×${size}: ${(100 * testAccuracy).toFixed(2)} % of the test images, ${parameters} parameters, ` +
  `${(bytes / 1e6).toFixed(1)} MB${asRecorded ? '' : ': not what its record says'}`;
