/** How much work a step is, in a unit of its own, and which steps are work of the same kind. */
import type { GenerateRequest } from '../../activities/steps/generate.ts';
import type { MeasureRequest, ReferenceFeaturesRequest } from '../../activities/steps/measure-identity.ts';
import type { TrainClassifierRequest } from '../../activities/steps/train-classifier.ts';
import type { TrainRequest } from '../../activities/steps/train.ts';
import type { Experiment } from '../../phoenix/config/schema.ts';
import { shapeOf, total } from '../../phoenix/data/data-set.ts';
import { multiplyAdds } from '../../phoenix/models/multiply-adds.ts';
import { canonicalJson } from '../../phoenix/storage/canonical-json.ts';

export interface Work {
  readonly step: string;
  /** Equal for steps whose units take equally long: the same step with the same network. */
  readonly kind: string;
  /** Images that go through a network. */
  readonly units: number;
  /** What one of them takes on two quiet CPU cores with AVX-512. */
  readonly assumedSeconds: number;
}

/** Seconds per multiply-add. Those of the DCGAN were measured with AVX2 alone, and halved: so much quicker a U-Net is with AVX-512. */
const PER_MULTIPLY_ADD: Readonly<
  Record<Experiment['model']['kind'], { readonly training: number; readonly sampling: number }>
> = {
  unet: { training: 1.7e-11, sampling: 1.2e-11 },
  dcgan: { training: 2.7e-11, sampling: 5e-11 },
};
/** Seconds per image of the classifier that comes along, and per sample of all that is measured against 10,000 images (with AVX2, halved). */
const PER_IMAGE = 6e-4;
const PER_SAMPLE = 2.5e-3;

/**
 * @param step name of the step
 * @param trainingSteps of a training
 * @param samples that are measured
 * @returns null for steps that take no time worth counting
 */
export function workOf(step: string, request: unknown, trainingSteps: number, samples: number): Work | null {
  const work = (settings: unknown, units: number, assumedSeconds: number): Work => ({
    step,
    kind: canonicalJson({ step, settings }),
    units,
    assumedSeconds,
  });
  switch (step) {
    case 'train': {
      const { network, training, strategy } = request as TrainRequest;
      const { model, imageSize } = network;
      const { batchSize, precision } = training;
      return work(
        { model, imageSize, batchSize, precision, strategy: strategy?.kind ?? null },
        trainingSteps * batchSize,
        multiplyAdds(model, imageSize).training * PER_MULTIPLY_ADD[model.kind].training,
      );
    }
    case 'generate': {
      const { network, count } = request as GenerateRequest;
      const { model, imageSize, sampling, diffusion } = network;
      const passes = sampling ? (sampling.steps ?? diffusion!.steps) : 1;
      const each = multiplyAdds(model, imageSize).sampling * PER_MULTIPLY_ADD[model.kind].sampling;
      return work({ model, imageSize }, count * passes, each);
    }
    case 'trainClassifier': {
      const { source, features } = request as TrainClassifierRequest;
      const images = features.images ?? total(shapeOf(source).train);
      return work({ ...features, images }, features.epochs * images, PER_IMAGE);
    }
    case 'referenceFeatures': {
      const { source, imageSize, extractor, labeller } = request as ReferenceFeaturesRequest;
      const kinds = [extractor.kind, labeller?.kind ?? null];
      return work({ kinds, imageSize }, total(shapeOf(source).test), PER_IMAGE);
    }
    case 'measure': {
      const { imageSize, extractor, labeller } = request as MeasureRequest;
      const kinds = [extractor.kind, labeller?.kind ?? null];
      // Comparing takes about as long per sample however many there are: each meets all real images.
      return work({ kinds, imageSize }, samples, PER_SAMPLE);
    }
    default:
      return null;
  }
}
