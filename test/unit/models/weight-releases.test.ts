import { expect, test } from 'vitest';
import { weightReleases } from '../../../phoenix/models/weight-releases.ts';

test('the SHA-256 of the Inception weights begins as their file is named, which is how PyTorch names releases', () => {
  const { file, known, address } = weightReleases.inception;
  expect(/-([0-9a-f]{8})\.pth$/.exec(file)![1]).toBe(known!.sha256.slice(0, 8));
  expect(address.endsWith(`/${file}`)).toBe(true);
});

// As PyTorch counts them: without the running statistics of batch normalisations.
test.each([
  ['inception', 23_850_960],
  ['lanet', 45_256_340],
] as const)('%s has %i parameters', (name, count) => {
  const sizes = [...weightReleases[name].shapes]
    .filter(([name]) => !/running_(mean|var)$/.test(name))
    .map(([, shape]) => shape.reduce((product, side) => product * side, 1));
  expect(sizes.reduce((sum, size) => sum + size)).toBe(count);
});
