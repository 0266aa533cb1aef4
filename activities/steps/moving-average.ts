/** One round's step of the moving average of the global weights. */
import { moveAverage } from '../../phoenix/federation/moving-average.ts';
import type { Outcome, Ref } from '../../phoenix/federation/records.ts';
import { ModelStreams } from '../../phoenix/storage/model-streams.ts';
import { emptyFile } from '../../phoenix/storage/safetensors.ts';
import { runStep } from '../../phoenix/storage/steps.ts';
import type { StepContext } from './context.ts';

export interface MovingAverageRequest {
  /** As the round before has left it. */
  readonly average: Ref;
  /** The new global weights. */
  readonly weights: Ref;
  /** Of the average that is kept, 0 … 1. */
  readonly share: number;
}

/** @throws MismatchedUpdate, BadSafetensors, CorruptObject, MissingObject */
export async function movingAverage(
  context: StepContext,
  request: MovingAverageRequest,
): Promise<Outcome<Ref>> {
  const { blobs } = context;
  const { average, weights, share } = request;
  const identity = {
    name: 'movingAverage',
    version: 1,
    settings: { share },
    inputs: { average, weights },
    seed: 0,
  };
  return runStep(context, identity, request, async () => {
    const models = await ModelStreams.open(blobs, [average, weights]);
    const { bytes, start } = emptyFile(models.layout);
    const moved = new Float32Array(bytes.buffer, start);
    await models.walk(([old, newest], at) =>
      moveAverage(old!, newest!, share, moved.subarray(at, at + old!.length)),
    );
    return blobs.put(bytes);
  });
}
