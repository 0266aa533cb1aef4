import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readRecord, weightsFile } from '../../../phoenix/models/cifar-classifier-files.ts';
import {
  CIFAR_CLASSIFIER_SIZES,
  cifarClassifierParameters,
} from '../../../phoenix/models/cifar-classifier-parameters.ts';
import { CifarClassifierTrainer } from '../../../phoenix/models/cifar-classifier-trainer.ts';
import { cifarClassifierNetwork } from '../../../phoenix/models/cifar-classifier.ts';
import { FeatureExtractor } from '../../../phoenix/models/feature-extractor.ts';
import { initialWeights } from '../../../phoenix/models/initial-weights.ts';
import { sha256Hex } from '../../../phoenix/storage/canonical-json.ts';
import { decodeSafetensors } from '../../../phoenix/storage/safetensors.ts';
import { cifar10Fixture } from '../../helpers/cifar10-fixture.ts';
import { areaAverage } from '../../../phoenix/data/resize.ts';

const { weights, statistics } = cifarClassifierParameters();
const all = new Map([...weights, ...statistics]);
const size = 16;
const { train } = cifar10Fixture();
const images = areaAverage(train, size);

describe('the classifier’s training', () => {
  const batchSize = 32;
  const start = initialWeights(all, 3);
  let trainer: CifarClassifierTrainer;

  beforeAll(() => {
    trainer = new CifarClassifierTrainer(size, { batchSize, weightDecay: 5e-4 });
    trainer.setImages(images.images, images.labels);
  });

  afterAll(() => trainer.dispose());

  const step = (k: number) =>
    trainer.step(
      Int32Array.from({ length: batchSize }, (_, i) => (k * batchSize + i) % images.count),
      [7, k],
      0.02,
    );

  it('brings the loss down and moves the running statistics', () => {
    trainer.load(start, null);
    const losses = Array.from({ length: 12 }, (_, k) => step(k));
    expect(losses.at(-1)!).toBeLessThan(losses[0]!);
    const trained = trainer.weights();
    expect(new Set(trained.keys())).toEqual(new Set(all.keys()));
    const variance = trained.get('stage1.main.norm.running_var')!.data;
    expect(variance.some((value) => Math.abs(value - 1) > 0.01)).toBe(true);
    expect(variance.every((value) => value > 0)).toBe(true);
  });

  it('goes on from what it has kept, with the same bytes', () => {
    trainer.load(start, null);
    for (const k of [0, 1]) step(k);
    const kept = [trainer.weights(), trainer.optimizer()] as const;
    step(2);
    const undisturbed = trainer.weights();
    trainer.load(...kept);
    step(2);
    expect(trainer.weights()).toEqual(undisturbed);
  });
});

describe('the classifier that comes with Phoenix', () => {
  it('has at most 1.2 million parameters', () => {
    const count = [...weights.values()].reduce((sum, shape) => sum + shape.reduce((n, m) => n * m, 1), 0);
    expect(count).toBe(1_055_274);
  });

  it.each(CIFAR_CLASSIFIER_SIZES)('is what its record says, for images of %i pixels', (side) => {
    const bytes = readFileSync(weightsFile(side));
    const record = readRecord(side);
    expect(sha256Hex(bytes)).toBe(record.sha256);
    expect(bytes.length).toBeLessThan(5e6);
    const stored = decodeSafetensors(bytes).tensors;
    expect(new Set(stored.keys())).toEqual(new Set(all.keys()));
    for (const [name, { shape }] of stored) expect(shape).toEqual(all.get(name));
    expect(record.parameters).toBe(1_055_274);
  });

  it('has two layers of features, and knows real images', () => {
    const extractor = new FeatureExtractor(cifarClassifierNetwork(size), size);
    extractor.load(decodeSafetensors(readFileSync(weightsFile(size))).tensors);
    const { taps, logits } = extractor.features(images.images, images.count);
    expect([...taps].map(([tap, { length }]) => [tap, length / images.count])).toEqual([
      ['64', 64],
      ['192', 192],
    ]);
    const right = images.labels.filter((label, image) => {
      const own = logits.subarray(image * 10, (image + 1) * 10);
      return own.indexOf(Math.max(...own)) === label;
    });
    expect(right.length / images.count).toBeGreaterThan(0.8);
    extractor.dispose();
  });
});
