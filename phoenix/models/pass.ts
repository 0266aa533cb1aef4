/** How networks with batch normalisation are run. */
import type { BatchNorm } from '../engine/batch-norm.ts';
import type { Parameters } from '../engine/layers.ts';
import type { Trace } from '../engine/trace.ts';

/** Parameters, batch normalisation for training or for inference, and where it is recorded. */
export interface Pass {
  readonly p: Parameters;
  readonly batchNorm: BatchNorm;
  readonly trace: Trace;
}
