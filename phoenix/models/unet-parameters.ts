/**
 * The U-Net's structure and its parameters, without tfjs: names as diffusers' `UNet2DModel` gives them, shapes in
 * TensorFlow's layout (convolutions [height, width, in, out], dense layers [in, out]).
 */
import type { Experiments } from '../config/schema.ts';

export type UNetSettings = Experiments['unet']['model'];
export type Shapes = ReadonlyMap<string, readonly number[]>;

export interface ResnetShape {
  readonly name: string;
  readonly inputs: number;
  readonly outputs: number;
}

export interface BlockShape {
  /** `down_blocks.0`, `mid_block`, `up_blocks.1` … */
  readonly name: string;
  readonly resnets: readonly ResnetShape[];
  readonly attention: boolean;
  readonly channels: number;
  /** Whether the block ends by halving (down) or doubling (up) the resolution. */
  readonly resamples: boolean;
}

export interface UNetShape {
  readonly down: readonly BlockShape[];
  readonly middle: BlockShape;
  readonly up: readonly BlockShape[];
}

/** Blocks in the order of the forward pass. Skip connections fix the inputs of the up blocks' resnets. */
export function unetShape({ channels, layersPerBlock, attention }: UNetSettings): UNetShape {
  const levels = channels.length;
  const skips = [channels[0]!];
  let current = channels[0]!;
  const down = channels.map((width, level) => {
    const name = `down_blocks.${level}`;
    const resnets = range(layersPerBlock).map((layer) => {
      const resnet = { name: `${name}.resnets.${layer}`, inputs: current, outputs: width };
      current = width;
      skips.push(width);
      return resnet;
    });
    const resamples = level < levels - 1;
    if (resamples) skips.push(width);
    return { name, resnets, attention: attention[level]!, channels: width, resamples };
  });
  const middle = {
    name: 'mid_block',
    resnets: [0, 1].map((k) => ({ name: `mid_block.resnets.${k}`, inputs: current, outputs: current })),
    attention: true,
    channels: current,
    resamples: false,
  };
  const up = range(levels).map((k) => {
    const level = levels - 1 - k;
    const width = channels[level]!;
    const name = `up_blocks.${k}`;
    const resnets = range(layersPerBlock + 1).map((layer) => {
      const resnet = { name: `${name}.resnets.${layer}`, inputs: current + skips.pop()!, outputs: width };
      current = width;
      return resnet;
    });
    return { name, resnets, attention: attention[level]!, channels: width, resamples: level > 0 };
  });
  return { down, middle, up };
}

/** By the object that holds the settings: a plan asks a thousand times for the same few networks. */
const known = new WeakMap<UNetSettings, Shapes>();

/** Name → shape of every parameter. Images have three channels in and out. */
export function unetParameters(settings: UNetSettings): Shapes {
  const shapes = known.get(settings) ?? listParameters(settings);
  known.set(settings, shapes);
  return shapes;
}

function listParameters(settings: UNetSettings): Shapes {
  const shapes = new Map<string, readonly number[]>();
  const convolution = (name: string, size: number, inputs: number, outputs: number) =>
    shapes.set(`${name}.weight`, [size, size, inputs, outputs]).set(`${name}.bias`, [outputs]);
  const dense = (name: string, inputs: number, outputs: number) =>
    shapes.set(`${name}.weight`, [inputs, outputs]).set(`${name}.bias`, [outputs]);
  const norm = (name: string, channels: number) =>
    shapes.set(`${name}.weight`, [channels]).set(`${name}.bias`, [channels]);

  const first = settings.channels[0]!;
  const time = 4 * first;
  const resnet = ({ name, inputs, outputs }: ResnetShape) => {
    norm(`${name}.norm1`, inputs);
    convolution(`${name}.conv1`, 3, inputs, outputs);
    dense(`${name}.time_emb_proj`, time, outputs);
    norm(`${name}.norm2`, outputs);
    convolution(`${name}.conv2`, 3, outputs, outputs);
    if (inputs !== outputs) convolution(`${name}.conv_shortcut`, 1, inputs, outputs);
  };
  const attention = (name: string, channels: number) => {
    norm(`${name}.group_norm`, channels);
    for (const part of ['to_q', 'to_k', 'to_v', 'to_out.0']) dense(`${name}.${part}`, channels, channels);
  };
  const block = (shape: BlockShape, attentions: number, sampler: string) => {
    shape.resnets.forEach(resnet);
    if (shape.attention)
      range(attentions).forEach((k) => attention(`${shape.name}.attentions.${k}`, shape.channels));
    if (shape.resamples) convolution(`${shape.name}.${sampler}.0.conv`, 3, shape.channels, shape.channels);
  };

  const { down, middle, up } = unetShape(settings);
  convolution('conv_in', 3, 3, first);
  dense('time_embedding.linear_1', first, time);
  dense('time_embedding.linear_2', time, time);
  for (const shape of down) block(shape, shape.resnets.length, 'downsamplers');
  block(middle, 1, 'none');
  for (const shape of up) block(shape, shape.resnets.length, 'upsamplers');
  norm('conv_norm_out', first);
  convolution('conv_out', 3, first, 3);
  return shapes;
}

const range = (count: number): number[] => Array.from({ length: count }, (_, k) => k);
