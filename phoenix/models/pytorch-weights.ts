/** The weights of a network as PyTorch names and lays them out, checked against the network and brought to our layout. */
import type { Tensor, Tensors } from '../storage/safetensors.ts';
import type { StoredTensor, StoredTensors } from '../storage/stored-tensor.ts';
import { fromPyTorch, pyTorchShape } from './diffusers/layout.ts';
import type { Shapes } from './unet-parameters.ts';

/** The weights are another network's. */
export class OtherNetwork extends Error {
  override readonly name = 'OtherNetwork';
}

/** Batch normalisations count their batches, for those who average without a decay. */
const COUNTER = '.num_batches_tracked';

/**
 * @param shapes of the network's parameters, in our layout; depthwise convolutions are [height, width, channels, 1]
 * @returns the parameters in the order of `shapes`, as float32
 * @throws OtherNetwork unless there are exactly these parameters, counters of batches aside; what reading a tensor throws
 */
export function weightsFromPyTorch(stored: StoredTensors, shapes: Shapes): Tensors {
  const stray = [...stored.keys()].find((name) => !shapes.has(name) && !name.endsWith(COUNTER));
  if (stray !== undefined) throw new OtherNetwork(`the network has no ${stray}`);
  return new Map([...shapes].map(([name, shape]) => [name, converted(name, shape, stored.get(name))]));
}

function converted(name: string, shape: readonly number[], found: StoredTensor | undefined): Tensor {
  if (!found) throw new OtherNetwork(`${name} is missing`);
  const theirs = isDepthwise(shape, found.shape) ? depthwiseShape(shape) : pyTorchShape(shape);
  if (String(found.shape) !== String(theirs))
    throw new OtherNetwork(`${name} is [${found.shape.join(', ')}], and not [${theirs.join(', ')}]`);
  const tensor = found.read();
  if (!(tensor.data instanceof Float32Array))
    throw new OtherNetwork(`${name} has integers (${found.type}) in place of floating-point numbers`);
  // The axis of length 1 is in another place and the elements are in the same order.
  return { shape, data: fromPyTorch(tensor).data };
}

/** One filter a channel: PyTorch has [channels, 1, height, width]. The same shape may be a convolution to one channel. */
const isDepthwise = (ours: readonly number[], theirs: readonly number[]): boolean =>
  ours.length === 4 && ours[3] === 1 && theirs[0] === ours[2] && theirs[1] === 1;

const depthwiseShape = ([height, width, channels]: readonly number[]): readonly number[] => [
  channels!,
  1,
  height!,
  width!,
];
