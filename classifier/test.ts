/** Measures the classifiers that come with Phoenix, and compares with what their records say. */
import { readFileSync } from 'node:fs';
import { readRecord, weightsFile } from '../phoenix/models/cifar-classifier-files.ts';
import {
  CIFAR_CLASSIFIER_SIZES,
  type CifarClassifierSize,
} from '../phoenix/models/cifar-classifier-parameters.ts';
import { cifarClassifierNetwork } from '../phoenix/models/cifar-classifier.ts';
import { FeatureExtractor } from '../phoenix/models/feature-extractor.ts';
import { sha256Hex } from '../phoenix/storage/canonical-json.ts';
import { decodeSafetensors } from '../phoenix/storage/safetensors.ts';
import { accuracy } from './accuracy.ts';
import { calibration, type Calibration } from './calibration.ts';
import { imagesOf } from './images.ts';

/** On other processors a few images of ten thousand may fall on the other side of a border. */
const TOLERANCE = 0.001;

interface Result {
  readonly size: CifarClassifierSize;
  readonly parameters: number;
  readonly bytes: number;
  readonly testAccuracy: number;
  /** What the record says of it. */
  readonly recorded: number;
  readonly asRecorded: boolean;
  readonly calibration: Calibration;
}

/**
 * Prints a few lines for each, or one JSON object. The exit code is 1 if a file is not the recorded one, or its accuracy
 * differs by more than a thousandth.
 *
 * @throws DataFileMissing, DataFileCorrupt, BadSafetensors
 */
export async function test(json: boolean): Promise<void> {
  const results: Result[] = [];
  for (const size of CIFAR_CLASSIFIER_SIZES) {
    const result = await measured(size);
    results.push(result);
    if (!json) console.log(words(result));
    if (!result.asRecorded) process.exitCode = 1;
  }
  if (json) console.log(JSON.stringify(results, null, 2));
}

async function measured(size: CifarClassifierSize): Promise<Result> {
  const bytes = readFileSync(weightsFile(size));
  const { parameters, testAccuracy: recorded, sha256 } = readRecord(size);
  const images = imagesOf(size);
  const extractor = new FeatureExtractor(cifarClassifierNetwork(size), size);
  extractor.load(decodeSafetensors(bytes).tensors);
  const testAccuracy = accuracy(extractor, images.test);
  const asRecorded = sha256Hex(bytes) === sha256 && Math.abs(testAccuracy - recorded) <= TOLERANCE;
  const scale = await calibration(extractor, images);
  extractor.dispose();
  return { size, parameters, bytes: bytes.length, testAccuracy, recorded, asRecorded, calibration: scale };
}

function words({ size, parameters, bytes, testAccuracy, asRecorded, calibration: scale }: Result): string {
  const { mean, std } = scale.inceptionScore;
  const fids = Object.entries(scale.fid).map(([layer, fid]) => `${fid.toFixed(4)} (${layer})`);
  return [
    `${size}×${size}: ${(100 * testAccuracy).toFixed(2)} % of the test images${asRecorded ? '' : ', which is not what its record says'}`,
    `  ${parameters.toLocaleString('en-US')} parameters, ${(bytes / 1e6).toFixed(1)} MB`,
    `  Inception Score of the training images ${mean.toFixed(3)} ± ${std.toFixed(3)}`,
    `  FID of training from test images ${fids.join(', ')}`,
  ].join('\n');
}
