/**
 * The one place that loads tfjs. `@tensorflow/tfjs-node-gpu` is a thin addon over libtensorflow; which build of
 * libtensorflow the set-up has put under it (CPU or CUDA) decides the device.
 */
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import type * as TensorFlow from '@tensorflow/tfjs-node-gpu';
import type { Tensor } from '@tensorflow/tfjs-node-gpu';
import type { TFJSBinding } from '@tensorflow/tfjs-node-gpu/dist/tfjs_binding.js';

// Read by libtensorflow when it is loaded, so they must be set first.
process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
process.env.TF_DETERMINISTIC_OPS ??= '1';
process.env.TF_FORCE_GPU_ALLOW_GROWTH ??= 'true';
// Threads of one op. Batches run in two parts side by side (`shards.ts`), which share the cores.
process.env.TF_NUM_INTRAOP_THREADS ??= String(Math.max(1, Math.floor(availableParallelism() / 2)));

const require = createRequire(import.meta.url);
// tfjs-node 4.22 still calls this function, which Node 23 removed.
const util = require('node:util') as { isNullOrUndefined?: (value: unknown) => boolean };
util.isNullOrUndefined ??= (value) => value === null || value === undefined;

export const tf = require('@tensorflow/tfjs-node-gpu') as typeof TensorFlow;
export type { Tensor, Tensor2D, Tensor3D, Tensor4D } from '@tensorflow/tfjs-node-gpu';

/** What tfjs' Node backend has beyond its public type: the addon's functions, and tensors made from their handles. */
export interface NodeBackend {
  binding: TFJSBinding;
  /** Runs an op on tensors and gives its first result. */
  executeSingleOutput(
    op: string,
    attributes: { name: string; type: number; value: unknown }[],
    inputs: Tensor[],
  ): Tensor;
  createOutputTensor(metadata: { id: number; shape: number[]; dtype: number }): Tensor;
}

export const backend = tf.backend() as unknown as NodeBackend;
/** The addon itself: a trace replaces `backend.binding` for its duration, never this. */
export const binding: TFJSBinding = backend.binding;
