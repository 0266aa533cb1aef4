/**
 * The structure of the Inception V3 network of the Fréchet Inception Distance (the TensorFlow graph of 2015-12-05, of
 * Szegedy et al. 2016) and its parameters, without tfjs: names as torch-fidelity's `FeatureExtractorInceptionV3` gives
 * them, shapes in TensorFlow's layout.
 */
import type { Shapes } from './unet-parameters.ts';

/** Convolution without bias, batch norm, ReLU: parameters `<name>.conv` and `<name>.bn`. */
export interface Unit {
  readonly kind: 'unit';
  readonly name: string;
  /** [height, width] */
  readonly kernel: readonly [number, number];
  readonly outputs: number;
  readonly window: Window;
}

/** Over 3×3 pixels. */
export interface Pool {
  readonly kind: 'maximum' | 'average';
  readonly window: Window;
}

/** Branches that all start from the same tensor; their outputs are joined along the channels, in this order. */
export interface Join {
  readonly kind: 'join';
  readonly branches: readonly Steps[];
}

export type Step = Unit | Pool | Join;
export type Steps = readonly Step[];

/** How a kernel or a pool moves: over all pixels, or only where it fits, by one or two pixels at a time. */
export interface Window {
  readonly padding: 'same' | 'valid';
  readonly stride: 1 | 2;
}

/** A part of the network that ends at a tap: the mean of its output over the pixels. */
export interface Stage {
  readonly steps: Steps;
  /** Of the output. */
  readonly channels: number;
}

const SAME: Window = { padding: 'same', stride: 1 };
const VALID: Window = { padding: 'valid', stride: 1 };
const HALVING: Window = { padding: 'valid', stride: 2 };

const unit = (name: string, kernel: readonly [number, number], outputs: number, window = SAME): Unit => ({
  kind: 'unit',
  name,
  kernel,
  outputs,
  window,
});
const maximum = (window: Window): Pool => ({ kind: 'maximum', window });
const average: Pool = { kind: 'average', window: SAME };
const join = (...branches: Steps[]): Join => ({ kind: 'join', branches });

const mixed35 = (name: string, pooled: number): Join =>
  join(
    [unit(`${name}.branch1x1`, [1, 1], 64)],
    [unit(`${name}.branch5x5_1`, [1, 1], 48), unit(`${name}.branch5x5_2`, [5, 5], 64)],
    [
      unit(`${name}.branch3x3dbl_1`, [1, 1], 64),
      unit(`${name}.branch3x3dbl_2`, [3, 3], 96),
      unit(`${name}.branch3x3dbl_3`, [3, 3], 96),
    ],
    [average, unit(`${name}.branch_pool`, [1, 1], pooled)],
  );

const mixed35to17 = (name: string): Join =>
  join(
    [unit(`${name}.branch3x3`, [3, 3], 384, HALVING)],
    [
      unit(`${name}.branch3x3dbl_1`, [1, 1], 64),
      unit(`${name}.branch3x3dbl_2`, [3, 3], 96),
      unit(`${name}.branch3x3dbl_3`, [3, 3], 96, HALVING),
    ],
    [maximum(HALVING)],
  );

const mixed17 = (name: string, inner: number): Join =>
  join(
    [unit(`${name}.branch1x1`, [1, 1], 192)],
    [
      unit(`${name}.branch7x7_1`, [1, 1], inner),
      unit(`${name}.branch7x7_2`, [1, 7], inner),
      unit(`${name}.branch7x7_3`, [7, 1], 192),
    ],
    [
      unit(`${name}.branch7x7dbl_1`, [1, 1], inner),
      unit(`${name}.branch7x7dbl_2`, [7, 1], inner),
      unit(`${name}.branch7x7dbl_3`, [1, 7], inner),
      unit(`${name}.branch7x7dbl_4`, [7, 1], inner),
      unit(`${name}.branch7x7dbl_5`, [1, 7], 192),
    ],
    [average, unit(`${name}.branch_pool`, [1, 1], 192)],
  );

const mixed17to8 = (name: string): Join =>
  join(
    [unit(`${name}.branch3x3_1`, [1, 1], 192), unit(`${name}.branch3x3_2`, [3, 3], 320, HALVING)],
    [
      unit(`${name}.branch7x7x3_1`, [1, 1], 192),
      unit(`${name}.branch7x7x3_2`, [1, 7], 192),
      unit(`${name}.branch7x7x3_3`, [7, 1], 192),
      unit(`${name}.branch7x7x3_4`, [3, 3], 192, HALVING),
    ],
    [maximum(HALVING)],
  );

const mixed8 = (name: string, pool: Pool): Join =>
  join(
    [unit(`${name}.branch1x1`, [1, 1], 320)],
    [
      unit(`${name}.branch3x3_1`, [1, 1], 384),
      join([unit(`${name}.branch3x3_2a`, [1, 3], 384)], [unit(`${name}.branch3x3_2b`, [3, 1], 384)]),
    ],
    [
      unit(`${name}.branch3x3dbl_1`, [1, 1], 448),
      unit(`${name}.branch3x3dbl_2`, [3, 3], 384),
      join([unit(`${name}.branch3x3dbl_3a`, [1, 3], 384)], [unit(`${name}.branch3x3dbl_3b`, [3, 1], 384)]),
    ],
    [pool, unit(`${name}.branch_pool`, [1, 1], 192)],
  );

/** From 299×299 pixels to the features; in comments the output's pixels. */
export const inceptionStages: readonly Stage[] = [
  {
    steps: [
      unit('Conv2d_1a_3x3', [3, 3], 32, HALVING), // 149×149
      unit('Conv2d_2a_3x3', [3, 3], 32, VALID), // 147×147
      unit('Conv2d_2b_3x3', [3, 3], 64),
      maximum(HALVING), // 73×73
    ],
    channels: 64,
  },
  {
    steps: [
      unit('Conv2d_3b_1x1', [1, 1], 80),
      unit('Conv2d_4a_3x3', [3, 3], 192, VALID), // 71×71
      maximum(HALVING), // 35×35
    ],
    channels: 192,
  },
  {
    steps: [
      mixed35('Mixed_5b', 32),
      mixed35('Mixed_5c', 64),
      mixed35('Mixed_5d', 64),
      mixed35to17('Mixed_6a'),
      mixed17('Mixed_6b', 128),
      mixed17('Mixed_6c', 160),
      mixed17('Mixed_6d', 160),
      mixed17('Mixed_6e', 192),
    ],
    channels: 768,
  },
  {
    steps: [
      mixed17to8('Mixed_7a'),
      mixed8('Mixed_7b', average),
      mixed8('Mixed_7c', maximum(SAME)), // so in the graph of 2015
    ],
    channels: 2048,
  },
];

/** The 1,000 of ImageNet, and eight outputs that stand for none. */
export const INCEPTION_CLASSES = 1008;

/** Name → shape of every weight and running statistic. */
export const inceptionParameters: Shapes = parametersOf(inceptionStages);

function parametersOf(stages: readonly Stage[]): Shapes {
  const shapes = new Map<string, readonly number[]>();
  /** Adds what a step reads; returns the channels it gives. */
  const add = (inputs: number, step: Step): number => {
    if (step.kind === 'join') {
      return step.branches.reduce((channels, branch) => channels + branch.reduce(add, inputs), 0);
    }
    if (step.kind !== 'unit') return inputs;
    const { name, kernel, outputs } = step;
    shapes.set(`${name}.conv.weight`, [...kernel, inputs, outputs]);
    for (const values of ['weight', 'bias', 'running_mean', 'running_var']) {
      shapes.set(`${name}.bn.${values}`, [outputs]);
    }
    return outputs;
  };
  const features = stages.flatMap(({ steps }) => steps).reduce(add, 3);
  return shapes.set('fc.weight', [features, INCEPTION_CLASSES]).set('fc.bias', [INCEPTION_CLASSES]);
}
