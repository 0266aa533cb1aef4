/** How much arithmetic a network is, without tfjs: multiplications with additions, of which convolutions and dense layers are nearly all. */
import type { Experiment } from '../config/schema.ts';
import {
  DCGAN_IMAGE_SIZE,
  type DcganLayer,
  discriminatorLayers,
  generatorLayers,
} from './dcgan-parameters.ts';
import { unetParameters, unetShape, type UNetSettings } from './unet-parameters.ts';

export interface MultiplyAdds {
  /** One training step, per image: forward, and twice as much backward. */
  readonly training: number;
  /** One pass of what draws samples, per image: a U-Net takes one for each step of the reverse process. */
  readonly sampling: number;
}

export function multiplyAdds(model: Experiment['model'], imageSize: number): MultiplyAdds {
  switch (model.kind) {
    case 'unet': {
      const forward = unetForward(model, imageSize);
      return { training: 3 * forward, sampling: forward };
    }
    case 'dcgan': {
      // Sides of the smaller image of each layer: what a transposed convolution spreads, or a plain one makes.
      const drawn = convolutions(generatorLayers(model), [1, 4, 8, 16, DCGAN_IMAGE_SIZE]);
      const judged = convolutions(discriminatorLayers(model), [16, 8, 4, 2, 1]);
      // The discriminator learns from a real and a drawn image, then the generator through it from another one.
      return { training: 4 * drawn + 8 * judged, sampling: drawn };
    }
  }
}

/** Kernels at the resolution that their block works at, and in attention every pixel with every other one. */
function unetForward(model: UNetSettings, imageSize: number): number {
  const levels = model.channels.length;
  const pixelsOf = (name: string): number => {
    const [, side, number, rest] = /^(down|up)_blocks\.(\d+)\.(\w+)/.exec(name) ?? [];
    if (side === undefined) return name.startsWith('mid_block') ? at(levels - 1) : at(0);
    const level = side === 'down' ? Number(number) : levels - 1 - Number(number);
    // What changes the resolution works on its own result.
    const change = { downsamplers: 1, upsamplers: -1 }[rest!] ?? 0;
    return at(level + change);
  };
  const at = (level: number): number => (imageSize / 2 ** level) ** 2;
  const kernels = sum([...unetParameters(model)], ([name, shape]) => {
    const isOfImage = shape.length === 4 || /attentions\..*weight$/.test(name);
    return shape.length < 2 ? 0 : product(shape) * (isOfImage ? pixelsOf(name) : 1);
  });
  const { down, middle, up } = unetShape(model);
  const attended = sum([...down, middle, ...up], ({ name, attention, channels, resnets }) =>
    attention
      ? 2 * (name === 'mid_block' ? 1 : resnets.length) * channels * pixelsOf(`${name}.resnets`) ** 2
      : 0,
  );
  return kernels + attended;
}

const convolutions = (layers: readonly DcganLayer[], sides: readonly number[]): number =>
  sum(
    [...layers.entries()],
    ([at, { size, inputs, outputs }]) => (sides[at]! * size) ** 2 * inputs * outputs,
  );

const product = (shape: readonly number[]): number => shape.reduce((all, n) => all * n, 1);
const sum = <T>(items: readonly T[], of: (item: T) => number): number =>
  items.reduce((all, item) => all + of(item), 0);
