/**
 * `init.from`: a folder with a trained U-Net in diffusers' format, whose weights a run starts from. The folder is on the
 * machine of whoever starts the run, and the workers may be elsewhere: so it is read before anything starts, and from
 * then on the experiment knows the weights by their hash alone.
 */
import { dirname, resolve } from 'node:path';
import { noiseSchedule, type DiffusionSettings } from '../models/diffusion.ts';
import { readFolder, type ReadModel } from '../models/diffusers/folder.ts';
import { UnusableFolder } from '../models/diffusers/unusable-folder.ts';
import type { Problem } from './explain.ts';
import type { Experiment } from './schema.ts';
import { SettingsError } from './settings-error.ts';
import { blockOf, isBlock, type SettingsFile } from './settings-file.ts';

export interface Init extends ReadModel {
  /** As the file names it: relative to the file. */
  readonly folder: string;
}

/** What `init.from` names; null without one. Throws `SettingsError` when it cannot be used. */
export function readInit(settings: SettingsFile, file: string): Init | null {
  const { init, model } = blockOf(settings.value);
  const folder = blockOf(init)['from'];
  // The schema says what is wrong with anything but a text, or with a folder for the weights of a DCGAN.
  if (typeof folder !== 'string' || blockOf(model)['kind'] === 'dcgan') return null;
  try {
    return { folder, ...readFolder(resolve(dirname(file), folder)) };
  } catch (error) {
    if (!(error instanceof UnusableFolder)) throw error;
    const path = ['init', 'from'];
    throw new SettingsError(settings.locate(path, 'value'), path, error.what, error.supported);
  }
}

/** The settings with the folder's in place of those of the network and the process that are left out. */
export function completedBy(value: unknown, { model, diffusion }: Init): unknown {
  const written = blockOf(value);
  const block = (name: string, defaults: object | null) =>
    written[name] === undefined || isBlock(written[name])
      ? { [name]: { ...defaults, ...blockOf(written[name]) } }
      : {};
  return { ...written, ...block('model', model), ...block('diffusion', diffusion) };
}

/** The first setting that is another than in the folder, which its weights cannot do. */
export function contradiction({ model, diffusion }: Experiment, init: Init): Problem | null {
  return (
    firstDifference('model', model, init.model, init.folder) ??
    (diffusion && init.diffusion && !sameProcess(diffusion, init.diffusion)
      ? firstDifference('diffusion', diffusion, init.diffusion, init.folder)
      : null)
  );
}

/** A process can be described in more than one way. */
const sameProcess = (one: DiffusionSettings, other: DiffusionSettings): boolean =>
  noiseSchedule(one).join() === noiseSchedule(other).join();

function firstDifference(
  block: string,
  written: Readonly<Record<string, unknown>>,
  trained: Readonly<Record<string, unknown>>,
  folder: string,
): Problem | null {
  const [ours, theirs] = [written, trained].map(
    (settings) => (key: string) => JSON.stringify(settings[key]),
  ) as [(key: string) => string, (key: string) => string];
  const key = Object.keys(written).find((each) => ours(each) !== theirs(each));
  if (key === undefined) return null;
  const what = `${ours(key)} contradicts init.from (${folder})`;
  return { path: [block, key], part: 'value', what, allowed: `${theirs(key)}, or nothing` };
}
