import { canonicalJson, sha256Hex } from '../storage/canonical-json.ts';
import { resolveExperiment } from './resolve.ts';
import type { Experiment } from './schema.ts';
import { SettingsError } from './settings-error.ts';
import { readSettings } from './settings-file.ts';

export { SettingsError } from './settings-error.ts';

export interface LoadedExperiment {
  readonly experiment: Experiment;
  /** SHA-256 (hex) of the canonical JSON of every setting that can change a result. */
  readonly settingsHash: string;
  /** The run's name and workflow id: the experiment's name and the first ten digits of the hash. */
  readonly run: string;
}

/**
 * Reads an experiment from a YAML file, with overrides such as `data.sharing.alpha=50` on top (the value is YAML too).
 * Throws `SettingsError` for the first thing that is wrong; then nothing has been started.
 */
export function loadExperiment(file: string, overrides: readonly string[] = []): LoadedExperiment {
  const settings = readSettings(file, overrides);
  const resolved = resolveExperiment(settings.value);
  if ('problems' in resolved) {
    const { path, part, what, allowed } = resolved.problems[0];
    throw new SettingsError(settings.locate(path, part), path, what, allowed);
  }
  const { experiment } = resolved;
  const settingsHash = hashSettings(experiment);
  return { experiment, settingsHash, run: `${experiment.name}-${settingsHash.slice(0, 10)}` };
}

/** How often work is saved changes no result, so that runs that differ only in that are the same run. */
function hashSettings(experiment: Experiment): string {
  const settings = Object.entries(experiment).filter(([block]) => block !== 'checkpoint');
  return sha256Hex(canonicalJson(Object.fromEntries(settings)));
}
