/** All that is measured of images whose features are known: their metrics, and how each class fares. */
import type { Metrics } from '../../phoenix/federation/metrics.ts';
import type { Outcome, Ref } from '../../phoenix/federation/records.ts';
import { evaluate, type EvaluationSettings } from '../../phoenix/metrics/evaluation.ts';
import { classQuality, type ClassQuality } from '../../phoenix/metrics/fairness.ts';
import type { FeatureSet } from '../../phoenix/metrics/feature-set.ts';
import { runStep } from '../../phoenix/storage/steps.ts';
import type { EngineContext } from './context.ts';
import { featureSet, stopIfAsked } from './features.ts';
import { realSet } from './reference-features.ts';

export interface CompareRequest extends EvaluationSettings {
  /** Result of `referenceFeatures`. */
  readonly real: Ref;
  /** The real images are of the classes that labels name; otherwise they are of those that the labeller gives them. */
  readonly labelled: boolean;
  /** Result of `imageFeatures`. */
  readonly fake: Ref;
  /** Results of `imageFeatures` whose labels count, where a network of another image size names the classes. */
  readonly labels: { readonly real: Ref; readonly fake: Ref } | null;
}

export interface Comparison {
  readonly metrics: Metrics;
  /** In the standard layer. */
  readonly classes: readonly ClassQuality[];
}

/** @throws StepStopped, CorruptObject, MissingObject, RangeError */
export async function compare(context: EngineContext, request: CompareRequest): Promise<Outcome<Comparison>> {
  const { real, fake, labels, labelled, seed, ...settings } = request;
  const identity = {
    name: 'compare',
    version: 1,
    settings: { ...settings, labelled },
    inputs: { real, fake, labels },
    seed,
  };
  return runStep<Comparison>(context, identity, request, async () => {
    const features = async (ref: Ref): Promise<FeatureSet> => featureSet(await context.blobs.getTensors(ref));
    const reals = realSet(await context.blobs.getTensors(real));
    const fakes = await features(fake);
    const named = {
      real: labels ? (await features(labels.real)).labels : reals.labels,
      fake: labels ? (await features(labels.fake)).labels : fakes.labels,
    };
    const onProgress = () => stopIfAsked(context, identity.name, 0);
    const metrics = await evaluate(reals, { ...fakes, labels: named.fake }, request, onProgress);
    const { dimensions } = reals.standard;
    const classes = await classQuality(
      { features: reals.standard.values, labels: labelled ? reals.truth : named.real },
      { features: fakes.standard.values, labels: named.fake },
      { dimensions, classes: settings.classes, k: settings.neighbours },
      (done, total) => {
        onProgress();
        context.progress({ done, total });
      },
    );
    return { metrics, classes };
  });
}
