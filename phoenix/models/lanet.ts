/**
 * LaNet (Wang et al. 2019), the classifier by which the paper finds the class distribution of generated images. Written
 * from a description of the published model; weights are its checkpoint's, or trained elsewhere under the same names.
 */
import { tf, type Tensor, type Tensor4D } from '../engine/backend.ts';
import { inferenceBatchNorm } from '../engine/batch-norm.ts';
import { convolve, dense, within } from '../engine/layers.ts';
import type { Pass } from './pass.ts';
import type { FeatureNetwork } from './feature-network.ts';
import { lanetGenotype, readsInput, type Edge } from './lanet-genotype.ts';
import { maxPool, reduction, separable, unit, type Stride } from './lanet-operations.ts';
import {
  AUXILIARY_CELL,
  CLASSES,
  LANET_FEATURES,
  lanetCells,
  lanetParameters,
  type CellShape,
} from './lanet-parameters.ts';

/** Images whose features are computed at once. */
const FEATURE_BATCH = 50;

/** Tap: `pooled`, the last cell's mean over the pixels. */
export const lanetNetwork: FeatureNetwork = {
  parameters: lanetParameters,
  taps: new Map([['pooled', LANET_FEATURES]]),
  classes: CLASSES,
  batch: FEATURE_BATCH,
  forward: (images, p, trace) => {
    const { pooled, logits } = lanet(normalise(images), { p, batchNorm: inferenceBatchNorm(trace), trace });
    return { taps: new Map([['pooled', pooled]]), logits };
  },
};

/** Of the red, green and blue of CIFAR-10's training images, 0…1. */
export const LANET_MEAN = [0.49139968, 0.48215827, 0.44653124];
export const LANET_DEVIATION = [0.24703233, 0.24348505, 0.26158768];

/** Images as LaNet was trained to see them, from 0…255. */
export const normalise = (images: Tensor): Tensor => images.div(255).sub(LANET_MEAN).div(LANET_DEVIATION);

/** All that the network computes. What nobody reads costs nothing: a session runs only what its results need. */
export interface LanetOutputs {
  /** After the stem and after each cell: float32 [batch, height, width, channels]. */
  readonly stages: ReadonlyMap<string, Tensor>;
  /** float32 [batch, 2048] */
  readonly pooled: Tensor;
  /** float32 [batch, 10] */
  readonly logits: Tensor;
  /** The same from the auxiliary head, which shortens the way of the gradients in training. */
  readonly auxiliaryLogits: Tensor;
}

/** @param images float32 [batch, 32, 32, 3], normalised */
export function lanet(images: Tensor, pass: Pass): LanetOutputs {
  const { p, batchNorm } = pass;
  const stem = batchNorm(convolve(images, within(p, 'stem.0')), p, 'stem.1');
  const stages = new Map([['stem', stem]]);
  let [older, newer] = [stem, stem];
  for (const shape of lanetCells) {
    [older, newer] = [newer, cell(older, newer, shape, pass)];
    stages.set(shape.name, newer);
  }
  const pooled = newer.mean<Tensor>([1, 2]);
  const auxiliaryLogits = auxiliaryHead(stages.get(AUXILIARY_CELL.name)!, pass);
  return { stages, pooled, logits: dense(pooled, within(p, 'classifier')), auxiliaryLogits };
}

/**
 * @param older output of the last cell but one
 * @param newer output of the last cell
 */
function cell(older: Tensor, newer: Tensor, { name, stride, unequalInputs }: CellShape, pass: Pass): Tensor {
  const values = [
    (unequalInputs ? reduction : unit)(older, `${name}.preprocess0`, pass),
    unit(newer, `${name}.preprocess1`, pass),
  ];
  const { edges, outputs } = lanetGenotype;
  const result = (k: number) => {
    const [kind, input] = edges[k]!;
    return operation(kind, values[input]!, `${name}._ops.${k}`, readsInput(edges[k]!) ? stride : 1, pass);
  };
  for (let k = 0; k < edges.length; k += 2) values.push(result(k).add(result(k + 1)));
  return tf.concat(
    outputs.map((node) => values[node]!),
    -1,
  );
}

function operation(kind: Edge[0], x: Tensor, name: string, stride: Stride, pass: Pass): Tensor {
  switch (kind) {
    case 'sep_conv_3x3':
    case 'sep_conv_5x5':
      return separable(x, name, stride, pass);
    case 'max_pool_3x3':
      return maxPool(x, stride);
    case 'skip_connect':
      return stride === 1 ? x : reduction(x, name, pass);
  }
}

/** Logits from a cell's output of 8×8 pixels. */
function auxiliaryHead(x: Tensor, { p, batchNorm }: Pass): Tensor {
  const head = within(p, 'auxiliary_head');
  const pooled = tf.avgPool(tf.relu(x) as Tensor4D, 5, 3, 'valid');
  const inner = batchNorm(convolve(pooled, within(head, 'features.2')), p, 'auxiliary_head.features.3');
  const whole = convolve(tf.relu(inner), within(head, 'features.5'), { padding: 'valid' });
  const features = tf.relu(batchNorm(whole, p, 'auxiliary_head.features.6'));
  return dense(features.reshape([features.shape[0]!, -1]), within(head, 'classifier'));
}
