/** Settings of the network as the configuration of diffusers' `UNet2DModel`, and back. */
import { experimentSchemas } from '../../config/schema.ts';
import type { UNetSettings } from '../unet-parameters.ts';
import {
  classOf,
  completed,
  expectOneOf,
  settingsFrom,
  unsupported,
  type Config,
  type Source,
} from './config.ts';

/** Settings that are one field, under another name. */
const fields = {
  channels: 'block_out_channels',
  layersPerBlock: 'layers_per_block',
  headChannels: 'attention_head_dim',
  groups: 'norm_num_groups',
  normEpsilon: 'norm_eps',
  frequencyShift: 'freq_shift',
  cosineFirst: 'flip_sin_to_cos',
  downsamplePadding: 'downsample_padding',
} as const satisfies Partial<Record<keyof UNetSettings, string>>;

/** What our network is, where `UNet2DModel` has a choice; these are its defaults too. */
const only = {
  in_channels: 3,
  out_channels: 3,
  center_input_sample: false,
  time_embedding_type: 'positional',
  mid_block_type: 'UNetMidBlock2D',
  mid_block_scale_factor: 1,
  downsample_type: 'conv',
  upsample_type: 'conv',
  dropout: 0,
  act_fn: 'silu',
  resnet_time_scale_shift: 'default',
  add_attention: true,
  class_embed_type: null,
  num_class_embeds: null,
};

/** Every other field with its default in diffusers, which is what a file means that leaves it out. */
const defaults = {
  ...only,
  sample_size: null,
  time_embedding_dim: null,
  freq_shift: 0,
  flip_sin_to_cos: true,
  down_block_types: ['DownBlock2D', 'AttnDownBlock2D', 'AttnDownBlock2D', 'AttnDownBlock2D'],
  up_block_types: ['AttnUpBlock2D', 'AttnUpBlock2D', 'AttnUpBlock2D', 'UpBlock2D'],
  block_out_channels: [224, 448, 672, 896],
  layers_per_block: 2,
  downsample_padding: 1,
  attention_head_dim: 8,
  norm_num_groups: 32,
  attn_norm_num_groups: null,
  norm_eps: 1e-5,
  num_train_timesteps: null,
};

/** @param imageSize side of the square images that the network is for */
export function unetConfig(model: UNetSettings, imageSize: number): Config {
  const own = Object.entries(fields).map(([setting, field]) => [
    field,
    model[setting as keyof typeof fields],
  ]);
  return {
    ...classOf('UNet2DModel'),
    ...defaults,
    ...Object.fromEntries(own),
    sample_size: imageSize,
    down_block_types: downBlocks(model.attention),
    up_block_types: upBlocks(model.attention),
  };
}

/**
 * The settings of the network that a configuration describes. The image size is left to the experiment: the network
 * takes any.
 *
 * @throws UnusableFolder for the first field that asks for something our network is not
 */
export function unetSettings(source: Source): UNetSettings {
  const complete = completed(source, ['UNet2DModel'], defaults);
  const { file, config } = complete;
  for (const [field, value] of Object.entries(only)) expectOneOf(complete, field, value);
  const own = Object.entries(fields).map(([setting, field]) => [setting, config[field]]);
  const model = settingsFrom(
    file,
    experimentSchemas.unet.shape.model,
    { ...Object.fromEntries(own), attention: attentionOf(file, config['down_block_types']) },
    { ...fields, attention: 'down_block_types' },
  );
  expectOneOf(
    complete,
    'down_block_types',
    downBlocks(model.channels.map((_, k) => model.attention[k] ?? false)),
  );
  expectOneOf(complete, 'up_block_types', upBlocks(model.attention));
  expectOneOf(complete, 'time_embedding_dim', null, 4 * model.channels[0]!);
  expectOneOf(complete, 'attn_norm_num_groups', null, model.groups);
  return model;
}

const downBlocks = (attention: readonly boolean[]): string[] =>
  attention.map((attends) => (attends ? 'AttnDownBlock2D' : 'DownBlock2D'));

/** The way up is the way down in reverse. */
const upBlocks = (attention: readonly boolean[]): string[] =>
  attention.map((attends) => (attends ? 'AttnUpBlock2D' : 'UpBlock2D')).reverse();

function attentionOf(file: string, types: unknown): boolean[] {
  const known = ['DownBlock2D', 'AttnDownBlock2D'];
  if (!Array.isArray(types) || !types.every((type) => known.includes(type as string)))
    throw unsupported(file, 'down_block_types', types, known.join(', '));
  return types.map((type) => type === 'AttnDownBlock2D');
}
