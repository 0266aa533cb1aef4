/** Settings of a run that takes over the first rounds of another one: only what comes later may differ. */
import { canonicalJson, sha256Hex } from '../storage/canonical-json.ts';
import { hashSettings } from './load.ts';
import { resolveExperiment, unresolved } from './resolve.ts';
import type { Experiment } from './schema.ts';
import { SettingsError } from './settings-error.ts';
import { overridden } from './settings-file.ts';

/** Everything else is in the weights, the metrics or the images that the rounds before have left. */
const changeable = [
  'training',
  'federation.rounds',
  'federation.participation',
  'sampling',
  'filtering',
  'evaluation',
  'checkpoint',
];

export interface ForkedExperiment {
  readonly experiment: Experiment;
  readonly settingsHash: string;
  /** Name and workflow id: as of any run, with a hash that also holds where it comes from. */
  readonly run: string;
}

/**
 * @param settings in force in the parent when `parent.round` was over
 * @throws SettingsError
 */
export function forkExperiment(
  settings: Experiment,
  parent: { readonly run: string; readonly round: number },
  overrides: readonly string[],
): ForkedExperiment {
  const { value, folders } = unresolved(settings);
  const changed = overridden(value, overrides);
  const fixed = changed.paths.find(
    (path) => !changeable.some((one) => path === one || path.startsWith(`${one}.`)),
  );
  if (fixed !== undefined) {
    const path = fixed.split('.');
    throw new SettingsError(
      changed.locate(path, 'key'),
      path,
      'cannot change in a fork',
      changeable.join(', '),
    );
  }
  const resolved = resolveExperiment(changed.value, folders);
  if ('problems' in resolved) {
    const { path, part, what, allowed } = resolved.problems[0];
    throw new SettingsError(changed.locate(path, part), path, what, allowed);
  }
  const { experiment } = resolved;
  const settingsHash = hashSettings(experiment);
  const name = sha256Hex(canonicalJson({ settingsHash, ...parent })).slice(0, 10);
  return { experiment, settingsHash, run: `${experiment.name}-${name}` };
}
