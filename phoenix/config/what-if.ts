/** Another rule of filtering for a run that there is, as somebody describes it on a command line. */
import type { FilteringRule } from '../federation/strikes.ts';
import { resolveExperiment, unresolved } from './resolve.ts';
import type { Experiment } from './schema.ts';
import { SettingsError } from './settings-error.ts';

/** What is not given is as in the run, or the default where it filters nobody. */
export interface RuleOptions {
  /** "lowest", "average", "threshold=0.65". */
  readonly rule?: string;
  readonly metric?: string;
  readonly strikes?: number;
  readonly startRound?: number;
  /** "permanent", "temporary" (one round), "temporary=2". */
  readonly removal?: string;
  readonly minimumClients?: number;
}

/** @throws SettingsError that names the option which is wrong */
export function otherRule(settings: Experiment, options: RuleOptions): FilteringRule {
  const { value, folders } = unresolved(settings);
  const { rule, removal, ...others } = options;
  const filtering: Record<string, unknown> = { ...settings.filtering, ...others };
  if (rule !== undefined) {
    const [kind, threshold] = assigned(rule);
    delete filtering['threshold'];
    Object.assign(filtering, { rule: kind }, threshold !== null && { threshold });
  }
  if (removal !== undefined) {
    const [kind, skipRounds] = assigned(removal);
    Object.assign(filtering, { removal: kind, skipRounds });
  }
  const resolved = resolveExperiment({ ...value, filtering }, folders);
  if ('problems' in resolved) {
    const { path, what, allowed } = resolved.problems[0];
    throw new SettingsError({ option: optionOf(String(path.at(-1)), options) }, path, what, allowed);
  }
  return { threshold: null, ...resolved.experiment.filtering! };
}

/** "threshold=0.65" → ["threshold", 0.65]; what is no number stays a text, for the schema to complain about. */
function assigned(text: string): [kind: string, value: number | string | null] {
  const [kind, ...rest] = text.split('=');
  if (rest.length === 0) return [text, null];
  const value = rest.join('=');
  const number = Number(value);
  return [kind!, value.trim() === '' || Number.isNaN(number) ? value : number];
}

/** The option that a setting comes from, as it was given: "--minimum-clients 11". */
function optionOf(setting: string, options: RuleOptions): string {
  const home: Record<string, keyof RuleOptions> = { threshold: 'rule', skipRounds: 'removal' };
  const option = home[setting] ?? (setting as keyof RuleOptions);
  const given = options[option];
  const flag = `--${option.replaceAll(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`)}`;
  return given === undefined ? flag : `${flag} ${given}`;
}
