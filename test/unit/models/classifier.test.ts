import { expect, test } from 'vitest';
import { classesIn, classifierParameters } from '../../../phoenix/models/classifier-parameters.ts';
import { ClassifierTrainer, classifierNetwork } from '../../../phoenix/models/classifier.ts';
import { FeatureExtractor } from '../../../phoenix/models/feature-extractor.ts';
import { initialWeights } from '../../../phoenix/models/initial-weights.ts';

const settings = { channels: [8], batchSize: 12, dimensions: 8, classes: 3 };

test('tells apart as many classes as it is given', () => {
  // Three classes: red, green and blue images of several shades.
  const [classes, count] = [settings.classes, 60];
  const labels = Uint8Array.from({ length: count }, (_, image) => image % classes);
  const images = Uint8Array.from({ length: count * 192 }, (_, k) => {
    const image = Math.floor(k / 192);
    return k % 3 === labels[image] ? 130 + 2 * image : 20;
  });
  const trainer = new ClassifierTrainer(settings, 8);
  trainer.setImages(images, labels);
  trainer.load(initialWeights(classifierParameters(settings), 3), null);
  for (let step = 0; step < 100; step++) {
    const indices = Int32Array.from({ length: 12 }, (_, k) => (step * 12 + k) % count);
    trainer.step(indices, [5, step], 0.01);
  }
  const weights = trainer.weights();
  expect(classesIn(weights)).toBe(classes);

  const extractor = new FeatureExtractor(classifierNetwork(settings), 8);
  extractor.load(weights);
  const { taps, logits } = extractor.features(images, count);
  expect([taps.get('features')!.length, logits.length]).toEqual([
    count * settings.dimensions,
    count * classes,
  ]);
  const found = Array.from({ length: count }, (_, image) => {
    const own = logits.subarray(image * classes, (image + 1) * classes);
    return own.indexOf(Math.max(...own));
  });
  expect(found).toEqual([...labels]);
  trainer.dispose();
  extractor.dispose();
});
