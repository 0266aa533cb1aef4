import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Config } from '../../../../phoenix/models/diffusers/config.ts';
import { diffusionSettings, schedulerConfig } from '../../../../phoenix/models/diffusers/scheduler-config.ts';
import { unetConfig, unetSettings } from '../../../../phoenix/models/diffusers/unet-config.ts';
import { noiseSchedule, type DiffusionSettings } from '../../../../phoenix/models/diffusion.ts';
import type { UNetSettings } from '../../../../phoenix/models/unet-parameters.ts';
import { smallNetwork } from '../../../helpers/steps.ts';

const settings = (config: Config) => unetSettings({ file: 'config.json', config });
const process = (config: Config) => diffusionSettings({ file: 'config.json', config });

/** google/ddpm-cifar10-32's unet/config.json. */
const cifar10 = {
  _class_name: 'UNet2DModel',
  _diffusers_version: '0.0.4',
  act_fn: 'silu',
  attention_head_dim: null,
  block_out_channels: [128, 256, 256, 256],
  center_input_sample: false,
  down_block_types: ['DownBlock2D', 'AttnDownBlock2D', 'DownBlock2D', 'DownBlock2D'],
  downsample_padding: 0,
  flip_sin_to_cos: false,
  freq_shift: 1,
  in_channels: 3,
  layers_per_block: 2,
  mid_block_scale_factor: 1,
  norm_eps: 1e-6,
  norm_num_groups: 32,
  out_channels: 3,
  sample_size: 32,
  time_embedding_type: 'positional',
  up_block_types: ['UpBlock2D', 'UpBlock2D', 'AttnUpBlock2D', 'UpBlock2D'],
};

const model: fc.Arbitrary<UNetSettings> = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 1024 }), fc.boolean()), { minLength: 1, maxLength: 6 })
  .chain((levels) =>
    fc.record({
      kind: fc.constant('unet' as const),
      channels: fc.constant(levels.map(([channels]) => channels)),
      attention: fc.constant(levels.map(([, attends]) => attends)),
      layersPerBlock: fc.integer({ min: 1, max: 4 }),
      headChannels: fc.option(fc.integer({ min: 1, max: 64 })),
      groups: fc.integer({ min: 1, max: 256 }),
      normEpsilon: fc.double({ min: 1e-8, max: 0.1 }),
      frequencyShift: fc.constantFrom(0, 1),
      cosineFirst: fc.boolean(),
      downsamplePadding: fc.constantFrom(0 as const, 1 as const),
    }),
  );

describe('UNet2DModel', () => {
  it('is what it was after writing and reading', () => {
    fc.assert(
      fc.property(model, (one) => {
        expect(settings(JSON.parse(JSON.stringify(unetConfig(one, 32))) as Config)).toEqual(one);
      }),
    );
  });

  it('is the paper’s network for the configuration of ddpm-cifar10-32', () => {
    expect(settings(cifar10)).toEqual({
      kind: 'unet',
      channels: [128, 256, 256, 256],
      layersPerBlock: 2,
      attention: [false, true, false, false],
      headChannels: null,
      groups: 32,
      normEpsilon: 1e-6,
      frequencyShift: 1,
      cosineFirst: false,
      downsamplePadding: 0,
    });
  });

  it('has diffusers’ defaults where the file says nothing', () => {
    expect(settings({})).toEqual({
      kind: 'unet',
      channels: [224, 448, 672, 896],
      layersPerBlock: 2,
      attention: [false, true, true, true],
      headChannels: 8,
      groups: 32,
      normEpsilon: 1e-5,
      frequencyShift: 0,
      cosineFirst: true,
      downsamplePadding: 1,
    });
  });

  it.each<[Config, string]>([
    [
      { _class_name: 'UNet2DConditionModel' },
      '_class_name is "UNet2DConditionModel"; supported: UNet2DModel',
    ],
    [{ act_fn: 'relu' }, 'act_fn is "relu"; supported: "silu"'],
    [{ class_embed_type: 'timestep' }, 'class_embed_type is "timestep"; supported: null'],
    [{ num_class_embeds: 10 }, 'num_class_embeds is 10; supported: null'],
    [{ in_channels: 1 }, 'in_channels is 1; supported: 3'],
    [{ out_channels: 6 }, 'out_channels is 6; supported: 3'],
    [{ dropout: 0.1 }, 'dropout is 0.1; supported: 0'],
    [
      { resnet_time_scale_shift: 'scale_shift' },
      'resnet_time_scale_shift is "scale_shift"; supported: "default"',
    ],
    [{ time_embedding_type: 'fourier' }, 'time_embedding_type is "fourier"; supported: "positional"'],
    [{ time_embedding_dim: 100 }, 'time_embedding_dim is 100; supported: null or 512'],
    [{ attn_norm_num_groups: 8 }, 'attn_norm_num_groups is 8; supported: null or 32'],
    [{ mid_block_type: null }, 'mid_block_type is null; supported: "UNetMidBlock2D"'],
    [{ add_attention: false }, 'add_attention is false; supported: true'],
    [{ downsample_type: 'resnet' }, 'downsample_type is "resnet"; supported: "conv"'],
    [{ downsample_padding: 2 }, 'downsample_padding: 2 is not allowed; supported: 0, 1'],
    [
      { block_out_channels: [2048, 32, 32, 32] },
      'block_out_channels: 2048 is out of range; supported: whole numbers from 1 to 1024',
    ],
    [
      { norm_num_groups: null },
      'norm_num_groups: null is not a number; supported: whole numbers from 1 to 256',
    ],
    [
      { down_block_types: ['SkipDownBlock2D', 'DownBlock2D', 'DownBlock2D', 'DownBlock2D'] },
      'down_block_types is ["SkipDownBlock2D","DownBlock2D","DownBlock2D","DownBlock2D"]; supported: DownBlock2D, AttnDownBlock2D',
    ],
    [
      { up_block_types: ['AttnUpBlock2D', 'UpBlock2D', 'UpBlock2D', 'UpBlock2D'] },
      'up_block_types is ["AttnUpBlock2D","UpBlock2D","UpBlock2D","UpBlock2D"]; supported: ["UpBlock2D","UpBlock2D","AttnUpBlock2D","UpBlock2D"]',
    ],
    [
      { block_out_channels: [32, 64] },
      'down_block_types is ["DownBlock2D","AttnDownBlock2D","DownBlock2D","DownBlock2D"]; supported: ["DownBlock2D","AttnDownBlock2D"]',
    ],
    [{ new_field: 1 }, 'new_field is unknown; supported: the fields of UNet2DModel'],
  ])('refuses %j', (change, message) => {
    expect(() => settings({ ...cifar10, ...change })).toThrow(
      expect.objectContaining({ name: 'UnusableFolder', message: `config.json: ${message}` }) as Error,
    );
  });
});

describe('DDPMScheduler', () => {
  const ancestral = { method: 'ancestral', steps: null, variance: 'fixedLarge', clip: false } as const;
  const ddim = { method: 'ddim', steps: 10, spacing: 'trailing', eta: 0, clip: true } as const;

  it('has the same variances after writing and reading', () => {
    const diffusion: fc.Arbitrary<DiffusionSettings> = fc.record({
      steps: fc.integer({ min: 2, max: 4000 }),
      schedule: fc.constantFrom('linear', 'cosine', 'constant'),
      betaStart: fc.double({ min: 1e-5, max: 0.01 }),
      betaEnd: fc.double({ min: 0.01, max: 0.5 }),
    });
    fc.assert(
      fc.property(diffusion, (one) => {
        const back = process(schedulerConfig(one, ddim));
        expect(noiseSchedule(back)).toEqual(noiseSchedule(one));
        if (one.schedule === 'linear') expect(back).toEqual(one);
      }),
      { numRuns: 30 },
    );
  });

  it('samples as the experiment does', () => {
    const { diffusion } = smallNetwork;
    expect(schedulerConfig(diffusion, ancestral)).toMatchObject({
      variance_type: 'fixed_large',
      clip_sample: false,
      timestep_spacing: 'leading',
    });
    expect(schedulerConfig(diffusion, ddim)).toMatchObject({
      variance_type: 'fixed_small',
      clip_sample: true,
      timestep_spacing: 'trailing',
    });
  });

  it('has diffusers’ defaults where the file says nothing', () => {
    const { diffusion } = smallNetwork;
    expect(process({ _class_name: 'DDIMScheduler', set_alpha_to_one: false })).toEqual({
      ...diffusion,
      steps: 1000,
      schedule: 'linear',
    });
  });

  it.each<[Config, string]>([
    [
      { _class_name: 'ScoreSdeVeScheduler' },
      '_class_name is "ScoreSdeVeScheduler"; supported: DDPMScheduler, DDIMScheduler',
    ],
    [{ beta_schedule: 'sigmoid' }, 'beta_schedule is "sigmoid"; supported: "linear" or "squaredcos_cap_v2"'],
    [{ prediction_type: 'v_prediction' }, 'prediction_type is "v_prediction"; supported: "epsilon"'],
    [{ trained_betas: [0.1] }, 'trained_betas is [0.1]; supported: null'],
    [{ rescale_betas_zero_snr: true }, 'rescale_betas_zero_snr is true; supported: false'],
    [
      { num_train_timesteps: 5000 },
      'num_train_timesteps: 5000 is out of range; supported: whole numbers from 2 to 4000',
    ],
  ])('refuses %j', (change, message) => {
    expect(() => process(change)).toThrow(
      expect.objectContaining({ message: `config.json: ${message}` }) as Error,
    );
  });
});
