/** The paper's metrics of a set of samples (paper §3.4), in the features of the run's own classifier. */
import { deriveSeed } from '../../phoenix/config/seeds.ts';
import { permutation } from '../../phoenix/data/permutation.ts';
import { referenceIndices } from '../../phoenix/data/reference.ts';
import type { Metrics, Outcome, Ref } from '../../phoenix/federation/records.ts';
import { classCounts } from '../../phoenix/metrics/class-distribution.ts';
import { FrechetDistance } from '../../phoenix/metrics/frechet.ts';
import { inceptionScore } from '../../phoenix/metrics/inception-score.ts';
import { precisionRecall } from '../../phoenix/metrics/precision-recall.ts';
import { GaussianFit } from '../../phoenix/metrics/statistics.ts';
import { runStep } from '../../phoenix/storage/steps.ts';
import { StepStopped, type EngineContext } from './context.ts';
import { extractFeatures, loadExtractor } from './features.ts';
import { loadSamples } from './samples.ts';
import type { FeatureSettings } from './settings.ts';

export interface MeasureRequest {
  readonly imageSize: number;
  readonly features: FeatureSettings;
  readonly seed: number;
  readonly classifier: Ref;
  /** Result of `referenceFeatures`. */
  readonly reference: Ref;
  /** Their union is measured. */
  readonly samples: readonly Ref[];
  /** k of precision's and recall's manifolds. */
  readonly neighbours: number;
}

/**
 * FID compares with all test images; precision and recall with a fixed, class-balanced subset as large as the set of
 * samples, since manifolds of unlike density cannot be compared.
 *
 * @throws StepStopped, CorruptObject, MissingObject
 */
export async function measure(context: EngineContext, request: MeasureRequest): Promise<Outcome<Metrics>> {
  const { blobs } = context;
  const { imageSize, features, classifier, reference, samples, neighbours } = request;
  const { channels, dimensions } = features;
  const identity = {
    name: 'measure',
    version: 2,
    settings: { imageSize, channels, dimensions, neighbours },
    inputs: { classifier, reference, samples },
    seed: deriveSeed(request.seed, 'measure'),
  };
  return runStep<Metrics>(context, identity, request, async () => {
    const extractor = await loadExtractor(context, { imageSize, features }, classifier);
    const batch = await loadSamples(blobs, samples, imageSize);
    const fake = await extractFeatures(context, extractor, identity.name, batch);

    const tensors = await blobs.getTensors(reference);
    const real = tensors.get('features')!.data as Float32Array;
    const labels = tensors.get('labels')!.data as Uint8Array;
    const subset = referenceIndices(labels, batch.count, deriveSeed(identity.seed, 'reference'));
    const classes = fake.logits.length / batch.count;
    const order = permutation(batch.count, deriveSeed(identity.seed, 'splits'));
    const chosen = rowsAt(real, subset, dimensions);
    // Loaded here and not above: it brings tfjs, whose native library may be missing.
    const { manifoldOverlap } = await import('../../phoenix/metrics/manifolds.ts');
    const { precision, recall } = precisionRecall(
      await manifoldOverlap(chosen, fake.features, dimensions, neighbours, (done) => {
        if (context.stopRequested()) throw new StepStopped(identity.name, done);
      }),
    );
    return {
      samples: batch.count,
      referenceImages: labels.length,
      fid: await frechetDistance(real, fake.features, dimensions),
      inceptionScore: inceptionScore(fake.logits, classes, order),
      precision: precision.value,
      recall: recall.value,
      classCounts: classCounts(fake.logits, classes),
    };
  });
}

async function frechetDistance(real: Float32Array, fake: Float32Array, dimensions: number): Promise<number> {
  const fit = new GaussianFit(dimensions);
  const distance = new FrechetDistance(dimensions);
  try {
    return await distance.between(await fit.fit(real), await fit.fit(fake));
  } finally {
    fit.dispose();
    distance.dispose();
  }
}

function rowsAt(values: Float32Array, rows: Int32Array, columns: number): Float32Array {
  const chosen = new Float32Array(rows.length * columns);
  rows.forEach((row, at) => chosen.set(values.subarray(row * columns, (row + 1) * columns), at * columns));
  return chosen;
}
