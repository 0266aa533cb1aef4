/** The metrics of a set of samples (paper §3.4), in the features of the run's extractor. */
import { loadSamples } from '../../phoenix/data/samples.ts';
import type { Metrics } from '../../phoenix/federation/metrics.ts';
import type { Outcome } from '../../phoenix/federation/records.ts';
import { evaluate } from '../../phoenix/metrics/evaluation.ts';
import { CLASSES } from '../../phoenix/models/cifar-classifier-parameters.ts';
import { runStep } from '../../phoenix/storage/steps.ts';
import type { EngineContext } from './context.ts';
import { featureSet, featuresThrough, stopIfAsked } from './features.ts';
import { measureIdentity, type MeasureRequest } from './measure-identity.ts';
import { realSet } from './reference-features.ts';

/** @throws StepStopped, CorruptObject, MissingObject */
export async function measure(context: EngineContext, request: MeasureRequest): Promise<Outcome<Metrics>> {
  const { blobs } = context;
  const { imageSize, extractor, labeller, reference, samples, neighbours, checkpointSeconds } = request;
  const identity = measureIdentity(request);
  return runStep<Metrics>(context, identity, request, async (checkpoints) => {
    const batch = await loadSamples(blobs, samples, imageSize);
    const work = { name: identity.name, checkpointSeconds };
    const fake = featureSet(await featuresThrough(context, checkpoints, request, batch, work));
    const settings = {
      extractor: extractor.kind,
      labeller: (labeller ?? extractor).kind,
      classes: labeller ? CLASSES : fake.logits.length / fake.count,
      neighbours,
      seed: identity.seed,
    };
    return evaluate(realSet(await blobs.getTensors(reference)), fake, settings, () =>
      stopIfAsked(context, identity.name, fake.count),
    );
  });
}
