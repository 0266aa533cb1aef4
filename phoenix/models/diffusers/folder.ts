/**
 * A trained network as a folder in diffusers' own format, which `DDPMPipeline.from_pretrained` loads:
 * `model_index.json`, `unet/` with configuration and weights, `scheduler/` with the diffusion process.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Tensors } from '../../storage/safetensors.ts';
import type { DiffusionSettings, SamplingSettings } from '../diffusion.ts';
import { unetParameters, type UNetSettings } from '../unet-parameters.ts';
import { classOf, type Config, type Source } from './config.ts';
import { diffusionSettings, schedulerConfig } from './scheduler-config.ts';
import { unetConfig, unetSettings } from './unet-config.ts';
import { UnusableFolder } from './unusable-folder.ts';
import { decodeWeights, encodeWeights } from './weights.ts';

export interface TrainedModel {
  readonly model: UNetSettings;
  readonly diffusion: DiffusionSettings;
  readonly sampling: SamplingSettings;
  /** Side of the square images. */
  readonly imageSize: number;
  readonly weights: Tensors;
}

export interface ReadModel extends Pick<TrainedModel, 'model' | 'weights'> {
  /** Null where the folder does not say. */
  readonly diffusion: DiffusionSettings | null;
}

const WEIGHTS = 'diffusion_pytorch_model.safetensors';

/**
 * The folder is written under another name first, so that it is there whole or not at all.
 *
 * @throws UnusableFolder as `expectFree`
 */
export function writeFolder(folder: string, trained: TrainedModel): void {
  const { model, diffusion, sampling, imageSize, weights } = trained;
  expectFree(folder);
  const draft = `${folder}.partial-${process.pid}`;
  const write = (path: string, content: string | Uint8Array) => {
    mkdirSync(dirname(join(draft, path)), { recursive: true });
    writeFileSync(join(draft, path), content);
  };
  try {
    write('unet/config.json', json(unetConfig(model, imageSize)));
    write(`unet/${WEIGHTS}`, encodeWeights(weights));
    write('scheduler/scheduler_config.json', json(schedulerConfig(diffusion, sampling)));
    write('model_index.json', json(index));
    renameSync(draft, folder);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

/** @throws UnusableFolder when there is something at that place, other than an empty folder */
export function expectFree(folder: string): void {
  try {
    if (readdirSync(folder).length > 0)
      throw new UnusableFolder(folder, 'is not empty', 'an empty or a new folder');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOTDIR') throw new UnusableFolder(folder, 'is a file', 'an empty or a new folder');
    if (code !== 'ENOENT') throw error;
  }
}

/**
 * @param folder of a pipeline, or of its U-Net alone
 * @throws UnusableFolder for anything that is not a network as ours can be, with its weights as safetensors
 */
export function readFolder(folder: string): ReadModel {
  const unet = existsSync(join(folder, 'unet')) ? join(folder, 'unet') : folder;
  const model = unetSettings(readConfig(join(unet, 'config.json')));
  const file = join(unet, WEIGHTS);
  if (!existsSync(file)) throw new UnusableFolder(unet, withoutWeights(unet), WEIGHTS);
  const weights = decodeWeights(file, readFileSync(file), unetParameters(model));
  const scheduler = join(folder, 'scheduler', 'scheduler_config.json');
  const diffusion = existsSync(scheduler) ? diffusionSettings(readConfig(scheduler)) : null;
  return { model, weights, diffusion };
}

const index: Config = {
  ...classOf('DDPMPipeline'),
  scheduler: ['diffusers', 'DDPMScheduler'],
  unet: ['diffusers', 'UNet2DModel'],
};

/** As diffusers writes it: sorted fields, two spaces. */
const json = (config: Config): string =>
  `${JSON.stringify(Object.fromEntries(Object.entries(config).sort(([a], [b]) => (a < b ? -1 : 1))), null, 2)}\n`;

function readConfig(file: string): Source {
  try {
    const config: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof config === 'object' && config !== null) return { file, config: config as Config };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== undefined)
      throw new UnusableFolder(file, `cannot be read (${code})`, 'a folder that diffusers has saved');
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new UnusableFolder(file, 'is no JSON object', 'a folder that diffusers has saved');
}

/** What is there instead of the weights. */
function withoutWeights(unet: string): string {
  const names = readdirSync(unet);
  const index = names.find((name) => name.endsWith('.index.json'));
  if (index !== undefined) return `has its weights in pieces (${index})`;
  const other = names.find((name) => /\.(bin|safetensors)$/.test(name));
  return other === undefined ? 'has no weights' : `has its weights as ${other}`;
}
