/** Results that steps would have, as far as they are known before: only what later steps look at, and sizes. */
import type { AggregateRequest } from '../../activities/steps/aggregate.ts';
import type { GenerateRequest } from '../../activities/steps/generate.ts';
import type { InitialiseRequest } from '../../activities/steps/initialise.ts';
import type { MovingAverageRequest } from '../../activities/steps/moving-average.ts';
import type { TrainRequest } from '../../activities/steps/train.ts';
import type { Experiment } from '../../phoenix/config/schema.ts';
import { type PersonalizationRule, splitParameters } from '../../phoenix/federation/personal.ts';
import type { ModelRef, Ref } from '../../phoenix/federation/records.ts';
import { strategyOf } from '../../phoenix/federation/strategies/index.ts';
import { dcganShapes } from '../../phoenix/models/dcgan-parameters.ts';
import { unetParameters } from '../../phoenix/models/unet-parameters.ts';
import { sha256Hex } from '../../phoenix/storage/canonical-json.ts';

/** @param training images and optimiser steps, of a training */
export function standIn(
  step: string,
  key: string,
  request: unknown,
  training: { readonly examples: number; readonly steps: number },
): unknown {
  const ref = (part: string, bytes: number): Ref => ({ hash: sha256Hex(`${part} of ${key}`), bytes });
  const modelRef = (model: Experiment['model'], rule: PersonalizationRule): ModelRef => {
    const { base, personal } = modelBytes(model, rule);
    return { base: ref('base', base), personal: personal === 0 ? null : ref('personal', personal) };
  };
  switch (step) {
    case 'initialise': {
      const { model, personalization } = request as InitialiseRequest;
      return modelRef(model, personalization);
    }
    case 'train': {
      const { network, personalization } = request as TrainRequest;
      return { model: modelRef(network.model, personalization), ...training, firstLoss: 0, lastLoss: 0 };
    }
    case 'aggregate': {
      const { strategy, updates } = request as AggregateRequest;
      const { bytes } = updates[0]!.base;
      const slots = strategyOf(strategy).server?.slots ?? [];
      return {
        model: ref('model', bytes),
        weight: updates.reduce((sum, { weight }) => sum + weight, 0),
        state: Object.fromEntries(slots.map((slot) => [slot, ref(slot, bytes)])),
      };
    }
    case 'movingAverage':
      return ref('average', (request as MovingAverageRequest).weights.bytes);
    case 'generate': {
      const { count, network } = request as GenerateRequest;
      return ref('samples', count * network.imageSize ** 2 * 3);
    }
    case 'measure':
      // No target is reached, so that a warm-up takes as long as it can.
      return { fid: Infinity, precision: 0, recall: 0 };
    case 'trainClassifier':
      return { weights: ref('weights', 0), testAccuracy: 0 };
    default:
      return ref('result', 0);
  }
}

/** Float32, without the names. */
function modelBytes(
  model: Experiment['model'],
  rule: PersonalizationRule,
): Record<'base' | 'personal', number> {
  const shapes = model.kind === 'unet' ? unetParameters(model) : dcganShapes(model);
  const { base, personal } = splitParameters([...shapes.keys()], rule);
  const bytes = (names: readonly string[]) =>
    names.reduce((sum, name) => sum + 4 * shapes.get(name)!.reduce((all, n) => all * n, 1), 0);
  return { base: bytes(base), personal: bytes(personal) };
}
