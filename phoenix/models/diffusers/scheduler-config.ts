/** The diffusion process as the configuration of diffusers' `DDPMScheduler`, and back. */
import { experimentSchemas } from '../../config/schema.ts';
import { constantBeta, type DiffusionSettings, type SamplingSettings } from '../diffusion.ts';
import { classOf, completed, expectOneOf, settingsFrom, type Config, type Source } from './config.ts';

const fields = {
  steps: 'num_train_timesteps',
  schedule: 'beta_schedule',
  betaStart: 'beta_start',
  betaEnd: 'beta_end',
} as const;

/** Names of the schedules that both have. */
const schedules: Readonly<Record<string, DiffusionSettings['schedule']>> = {
  linear: 'linear',
  squaredcos_cap_v2: 'cosine',
};

/** What our training is, where the schedulers have a choice; these are their defaults too. */
const only = { trained_betas: null, prediction_type: 'epsilon', rescale_betas_zero_snr: false };

/** Of `DDPMScheduler`. */
const defaults = {
  ...only,
  num_train_timesteps: 1000,
  beta_start: 1e-4,
  beta_end: 0.02,
  beta_schedule: 'linear',
  variance_type: 'fixed_small',
  clip_sample: true,
  thresholding: false,
  dynamic_thresholding_ratio: 0.995,
  clip_sample_range: 1,
  sample_max_value: 1,
  timestep_spacing: 'leading',
  steps_offset: 0,
};

/** diffusers has no constant schedule: it is a linear one whose ends are equal. */
export function schedulerConfig(diffusion: DiffusionSettings, sampling: SamplingSettings): Config {
  return {
    ...classOf('DDPMScheduler'),
    ...defaults,
    ...forwardConfig(diffusion),
    clip_sample: sampling.clip,
    ...(sampling.method === 'ddim'
      ? { timestep_spacing: sampling.spacing }
      : { variance_type: sampling.variance === 'fixedSmall' ? 'fixed_small' : 'fixed_large' }),
  };
}

/** The fields that training depends on. */
function forwardConfig({ steps, schedule, betaStart, betaEnd }: DiffusionSettings) {
  const beta = constantBeta({ betaStart, betaEnd });
  const shape = {
    linear: { beta_schedule: 'linear', beta_start: betaStart, beta_end: betaEnd },
    constant: { beta_schedule: 'linear', beta_start: beta, beta_end: beta },
    cosine: { beta_schedule: 'squaredcos_cap_v2' },
  }[schedule];
  return { num_train_timesteps: steps, ...shape };
}

/**
 * How images are drawn from the network is left to the experiment.
 *
 * @throws UnusableFolder for the first field that asks for something our training is not
 */
export function diffusionSettings(source: Source): DiffusionSettings {
  // The one field that only DDIM has; it has no part in training.
  const ddim = { set_alpha_to_one: true };
  const complete = completed(source, ['DDPMScheduler', 'DDIMScheduler'], { ...defaults, ...ddim });
  const { file, config } = complete;
  for (const [field, value] of Object.entries(only)) expectOneOf(complete, field, value);
  expectOneOf(complete, 'beta_schedule', ...Object.keys(schedules));
  const own = Object.entries(fields).map(([setting, field]) => [setting, config[field]]);
  const schedule = schedules[config['beta_schedule'] as string]!;
  const values = { ...Object.fromEntries(own), schedule };
  return settingsFrom(file, experimentSchemas.unet.shape.diffusion, values, fields);
}
