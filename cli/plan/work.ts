/** How much work a step is, in a unit of its own, and which steps are work of the same kind. */
import type { GenerateRequest } from '../../activities/steps/generate.ts';
import type { MeasureRequest, ReferenceFeaturesRequest } from '../../activities/steps/measure-identity.ts';
import type { TrainClassifierRequest } from '../../activities/steps/train-classifier.ts';
import type { TrainRequest } from '../../activities/steps/train.ts';
import { shapeOf, total } from '../../phoenix/data/data-set.ts';
import { multiplyAdds } from '../../phoenix/models/multiply-adds.ts';
import { canonicalJson } from '../../phoenix/storage/canonical-json.ts';

export interface Work {
  readonly step: string;
  /** Equal for steps whose units take equally long: the same step with the same network. */
  readonly kind: string;
  /** Images that go through a network. */
  readonly units: number;
  /** Of one unit; null where nothing is known of it. */
  readonly multiplyAdds: number | null;
}

/**
 * @param step name of the step
 * @param trainingSteps of a training
 * @param samples that are measured
 * @returns null for steps that take no time worth counting
 */
export function workOf(step: string, request: unknown, trainingSteps: number, samples: number): Work | null {
  const work = (settings: unknown, units: number, each: number | null = null): Work => ({
    step,
    kind: canonicalJson({ step, settings }),
    units,
    multiplyAdds: each,
  });
  switch (step) {
    case 'train': {
      const { network, training, strategy } = request as TrainRequest;
      const { model, imageSize } = network;
      const { batchSize, precision } = training;
      return work(
        { model, imageSize, batchSize, precision, strategy: strategy?.kind ?? null },
        trainingSteps * batchSize,
        multiplyAdds(model, imageSize).training,
      );
    }
    case 'generate': {
      const { network, count } = request as GenerateRequest;
      const { model, imageSize, sampling, diffusion } = network;
      const passes = sampling ? (sampling.steps ?? diffusion!.steps) : 1;
      return work({ model, imageSize }, count * passes, multiplyAdds(model, imageSize).sampling);
    }
    case 'trainClassifier': {
      const { source, features } = request as TrainClassifierRequest;
      const images = features.images ?? total(shapeOf(source).train);
      return work({ ...features, images }, features.epochs * images);
    }
    case 'referenceFeatures': {
      const { source, imageSize, extractor, labeller } = request as ReferenceFeaturesRequest;
      const kinds = [extractor.kind, labeller?.kind ?? null];
      return work({ kinds, imageSize }, total(shapeOf(source).test));
    }
    case 'measure': {
      const { imageSize, extractor, labeller } = request as MeasureRequest;
      const kinds = [extractor.kind, labeller?.kind ?? null];
      // Comparing takes about as long per sample however many there are: each meets all real images.
      return work({ kinds, imageSize }, samples);
    }
    default:
      return null;
  }
}
