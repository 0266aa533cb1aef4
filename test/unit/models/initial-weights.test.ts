import { expect, test } from 'vitest';
import { initialWeights } from '../../../phoenix/models/initial-weights.ts';
import { unetParameters, type UNetSettings } from '../../../phoenix/models/unet-parameters.ts';

const paper: UNetSettings = {
  kind: 'unet',
  channels: [128, 256, 256, 256],
  layersPerBlock: 2,
  attention: [false, true, false, false],
  headChannels: null,
  groups: 32,
  normEpsilon: 1e-6,
  frequencyShift: 1,
  cosineFirst: false,
  downsamplePadding: 0,
};

test('the default U-Net has the 35,746,307 parameters of ddpm-cifar10-32', () => {
  const sizes = [...unetParameters(paper).values()].map((shape) =>
    shape.reduce((product, n) => product * n, 1),
  );
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(35_746_307);
});

test('weights are uniform within ±1/√fan-in, norms start as the identity, and the seed decides', () => {
  const shapes = unetParameters({ ...paper, channels: [8, 16, 16, 16], groups: 4 });
  const weights = initialWeights(shapes, 1);
  const { shape, data } = weights.get('down_blocks.0.resnets.0.conv1.weight')!;
  const bound = 1 / Math.sqrt(shape[0]! * shape[1]! * shape[2]!);
  const largest = Math.max(...Array.from(data as Float32Array, Math.abs));
  expect(largest).toBeLessThanOrEqual(bound);
  expect(largest).toBeGreaterThan(0.95 * bound);
  expect([...weights.get('conv_norm_out.weight')!.data]).toEqual(Array(8).fill(1));
  expect([...weights.get('conv_norm_out.bias')!.data]).toEqual(Array(8).fill(0));
  expect(initialWeights(shapes, 1)).toEqual(weights);
  expect(initialWeights(shapes, 2)).not.toEqual(weights);
});
