import { expect, test } from 'vitest';
import { releaseNames, weightReleases } from '../../../phoenix/models/weight-releases.ts';

test('the SHA-256 of the Inception weights begins as their file is named, which is how PyTorch names releases', () => {
  const { file, known, address } = weightReleases.inception;
  expect(/-([0-9a-f]{8})\.pth$/.exec(file)![1]).toBe(known!.sha256.slice(0, 8));
  expect(address.endsWith(`/${file}`)).toBe(true);
});

test.each(releaseNames)('%s: what is left out is no parameter of the network', (name) => {
  const { shapes, unused } = weightReleases[name];
  expect([...shapes.keys()].filter((parameter) => parameter.endsWith('num_batches_tracked'))).toEqual([]);
  expect(unused.test('stem.1.num_batches_tracked')).toBe(true);
  expect(unused.test('classifier.weight')).toBe(false);
});

// As PyTorch counts them: without the running statistics of batch normalisations.
test.each([
  ['inception', 23_850_960],
  ['lanet', 44_591_498],
] as const)('%s has %i parameters', (name, count) => {
  const sizes = [...weightReleases[name].shapes]
    .filter(([name]) => !/running_(mean|var)$|^auxiliary_head\./.test(name))
    .map(([, shape]) => shape.reduce((product, side) => product * side, 1));
  expect(sizes.reduce((sum, size) => sum + size)).toBe(count);
});
