/** The untrained network that everybody starts from. */
import { deriveSeed } from '../../phoenix/config/seeds.ts';
import type { ModelRef } from '../../phoenix/federation/records.ts';
import { initialWeights } from '../../phoenix/models/initial-weights.ts';
import { unetParameters } from '../../phoenix/models/unet-parameters.ts';
import { runStep } from '../../phoenix/storage/steps.ts';
import type { StepContext } from './context.ts';
import { storeModel } from './models.ts';
import type { DiffusionSettings, PersonalizationRule } from './settings.ts';

export interface InitialiseRequest {
  readonly seed: number;
  readonly model: DiffusionSettings['model'];
  readonly personalization: PersonalizationRule;
}

export async function initialise(
  { blobs, memo }: StepContext,
  request: InitialiseRequest,
): Promise<ModelRef> {
  const { model, personalization } = request;
  const identity = {
    name: 'initialise',
    version: 1,
    settings: { model, personalization },
    inputs: {},
    seed: deriveSeed(request.seed, 'initialise'),
  };
  const { result } = await runStep(memo, identity, () =>
    storeModel(blobs, initialWeights(unetParameters(model), identity.seed), personalization),
  );
  return result;
}
