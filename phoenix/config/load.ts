import type { ListedFolder } from '../data/folder.ts';
import { refOf } from '../storage/blobs.ts';
import { canonicalJson, sha256Hex } from '../storage/canonical-json.ts';
import { encodeSafetensors } from '../storage/safetensors.ts';
import type { Problem } from './explain.ts';
import { findWeights } from './feature-weights.ts';
import { findImageFolder } from './image-folder.ts';
import { completedBy, contradiction, readInit } from './init.ts';
import { resolveExperiment } from './resolve.ts';
import type { Experiment } from './schema.ts';
import { sweepKeyOf } from './schema/sweep.ts';
import { SettingsError } from './settings-error.ts';
import { readSettings, type SettingsFile } from './settings-file.ts';

export { SettingsError } from './settings-error.ts';

/** An experiment and what its run is called. */
export interface NamedExperiment {
  readonly experiment: Experiment;
  /** SHA-256 (hex) of the canonical JSON of every setting that can change a result. */
  readonly settingsHash: string;
  /** The run's name and workflow id: the experiment's name and the first ten digits of the hash. */
  readonly run: string;
}

export interface LoadedExperiment extends NamedExperiment {
  /** The blob that `experiment.init` names, safetensors: it must be in the store before the run starts. */
  readonly initialWeights: Uint8Array | null;
  /** Its images are not read yet: only `withImages` gives the run its name. */
  readonly imageFolder: ListedFolder | null;
}

/**
 * Reads an experiment from a YAML file, with overrides such as `data.sharing.alpha=50` on top (the value is YAML too).
 * Throws `SettingsError` for the first thing that is wrong; then nothing has been started.
 */
export function loadExperiment(file: string, overrides: readonly string[] = []): LoadedExperiment {
  const settings = readSettings(file, overrides);
  const key = sweepKeyOf(settings.value);
  if (key !== null)
    throw new SettingsError(
      settings.locate([key], 'key'),
      [key],
      'makes it a sweep, which `npx phoenix sweep` runs',
      'the settings of an experiment',
    );
  return experimentOf(settings, file);
}

/** @param file what folders in the settings are relative to */
export function experimentOf(settings: SettingsFile, file: string): LoadedExperiment {
  const init = readInit(settings, file);
  const initialWeights = init && encodeSafetensors(init.weights);
  const imageFolder = findImageFolder(settings, file);
  const resolved = resolveExperiment(init ? completedBy(settings.value, init) : settings.value, {
    init: initialWeights && { weights: refOf(initialWeights) },
    images: imageFolder && { ...imageFolder.shape, images: null },
    weights: findWeights,
  });
  const refuse = ({ path, part, what, allowed }: Problem) =>
    new SettingsError(settings.locate(path, part), path, what, allowed);
  if ('problems' in resolved) throw refuse(resolved.problems[0]);
  const { experiment } = resolved;
  const problem = init && contradiction(experiment, init);
  if (problem) throw refuse(problem);
  return { ...named(experiment), initialWeights, imageFolder };
}

export function named(experiment: Experiment): NamedExperiment {
  const settingsHash = hashSettings(experiment);
  return { experiment, settingsHash, run: `${experiment.name}-${settingsHash.slice(0, 10)}` };
}

/** How often work is saved changes no result, so that runs that differ only in that are the same run. */
export function hashSettings(experiment: Experiment): string {
  const settings = Object.entries(experiment).filter(([block]) => block !== 'checkpoint');
  return sha256Hex(canonicalJson(Object.fromEntries(settings)));
}
