/** The network that everybody starts from: untrained, or with the weights that the experiment names. */
import type { Experiment } from '../../phoenix/config/schema.ts';
import { deriveSeed } from '../../phoenix/config/seeds.ts';
import type { PersonalizationRule } from '../../phoenix/federation/personal.ts';
import type { ModelRef, Outcome } from '../../phoenix/federation/records.ts';
import { untrainedWeights } from '../../phoenix/models/untrained.ts';
import { runStep } from '../../phoenix/storage/steps.ts';
import type { StepContext } from './context.ts';
import { storeModel } from './models.ts';

export interface InitialiseRequest {
  readonly seed: number;
  readonly model: Experiment['model'];
  readonly init: Experiment['init'];
  readonly personalization: PersonalizationRule;
}

/** @throws CorruptObject, MissingObject */
export async function initialise(
  context: StepContext,
  request: InitialiseRequest,
): Promise<Outcome<ModelRef>> {
  const { blobs } = context;
  const { model, init, personalization } = request;
  const identity = {
    name: 'initialise',
    version: 1,
    settings: { model, personalization },
    inputs: { ...init },
    // Nothing is drawn for weights that are there.
    seed: init ? 0 : deriveSeed(request.seed, 'initialise'),
  };
  return runStep(context, identity, request, async () => {
    const weights = init ? await blobs.getTensors(init.weights) : untrainedWeights(model, identity.seed);
    return storeModel(blobs, weights, personalization);
  });
}
