/** Features of all real test images: what every set of samples is measured against. */
import type { Outcome, Ref } from '../../phoenix/federation/records.ts';
import { bitsOf, float64Of } from '../../phoenix/engine/float64.ts';
import type { RealSet } from '../../phoenix/metrics/evaluation.ts';
import type { Layer } from '../../phoenix/metrics/feature-set.ts';
import { type Gaussian, GaussianFit } from '../../phoenix/metrics/statistics.ts';
import type { Tensor, Tensors } from '../../phoenix/storage/safetensors.ts';
import { runStep } from '../../phoenix/storage/steps.ts';
import type { EngineContext } from './context.ts';
import { featureSet, featuresThrough, stopIfAsked } from './features.ts';
import { referenceIdentity, type ReferenceFeaturesRequest } from './measure-identity.ts';

/**
 * The tensors of `featuresThrough`; `truth`, uint8 [n]: the classes that the images are of, in the order of the test set; and of
 * each layer the Gaussian, `standard/mean` [d, 2] and `standard/covariance` [d, d, 2], float64 as pairs of int32.
 *
 * @throws StepStopped, DataFileMissing, DataFileCorrupt, CorruptObject, MissingObject
 */
export async function referenceFeatures(
  context: EngineContext,
  request: ReferenceFeaturesRequest,
): Promise<Outcome<Ref>> {
  const { source, imageSize, checkpointSeconds } = request;
  const identity = referenceIdentity(request);
  return runStep<Ref>(context, identity, request, async (checkpoints) => {
    const { test } = await context.data.images(source, imageSize);
    const work = { name: identity.name, checkpointSeconds };
    const features = await featuresThrough(context, checkpoints, request, test, work);
    const { standard, paper } = featureSet(features);
    const onProgress = () => stopIfAsked(context, identity.name, test.count);
    return context.blobs.putTensors(
      new Map([
        ...features,
        ['truth', { shape: [test.count], data: test.labels }],
        ...(await gaussianTensors('standard', standard, onProgress)),
        ...(paper ? await gaussianTensors('paper', paper, onProgress) : []),
      ]),
    );
  });
}

/** What `referenceFeatures` has stored, as metrics take it. */
export function realSet(tensors: Tensors): RealSet {
  const features = featureSet(tensors);
  const float64 = (name: string) => float64Of(tensors.get(name)!.data);
  const gaussian = (layer: string): Gaussian => ({
    count: features.count,
    mean: float64(`${layer}/mean`),
    covariance: float64(`${layer}/covariance`),
  });
  return {
    ...features,
    truth: tensors.get('truth')!.data as Uint8Array,
    gaussians: { standard: gaussian('standard'), paper: features.paper && gaussian('paper') },
  };
}

async function gaussianTensors(
  name: string,
  { dimensions, values }: Layer,
  onProgress: () => void,
): Promise<[string, Tensor][]> {
  const fit = new GaussianFit(dimensions);
  try {
    const { mean, covariance } = await fit.fit(values, onProgress);
    return [
      [`${name}/mean`, { shape: [dimensions, 2], data: bitsOf(mean) }],
      [`${name}/covariance`, { shape: [dimensions, dimensions, 2], data: bitsOf(covariance) }],
    ];
  } finally {
    fit.dispose();
  }
}
