/** Rules that span several settings: what no single value can get wrong, but their combination can. */
import type { Problem } from './explain.ts';
import { centralized, images, partition, sharing } from './rules/data.ts';
import {
  evaluation,
  filtering,
  participation,
  personalization,
  privacy,
  strategy,
} from './rules/federation.ts';
import { features } from './rules/features.ts';
import { dcgan, diffusion, sampling, unet } from './rules/network.ts';
import { fedsgd, training } from './rules/training.ts';
import type { Experiment } from './schema.ts';

/** Every rule that the experiment breaks, in the order of the settings; none if it can run. */
export function brokenRules(experiment: Experiment): Problem[] {
  return [
    sharing,
    partition,
    centralized,
    images,
    unet,
    dcgan,
    diffusion,
    training,
    fedsgd,
    strategy,
    personalization,
    privacy,
    participation,
    sampling,
    filtering,
    evaluation,
    features,
  ].flatMap((rules) => [...rules(experiment)]);
}
