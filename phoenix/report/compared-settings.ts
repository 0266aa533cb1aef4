/** Our settings against those behind the paper's tables, one by one. */
import { experimentSchemas, type Experiment } from '../config/schema.ts';
import type { Metrics } from '../federation/metrics.ts';
import { canonicalJson } from '../storage/canonical-json.ts';
import type { Run } from './groups.ts';
import { paperSettings } from './paper-settings.ts';

export interface ComparedSetting {
  readonly name: string;
  readonly ours: string;
  readonly paper: string;
  /** What of the paper's value is our reading; null: nothing. */
  readonly reading: string | null;
  /** Section of the paper; null where only our default speaks for it. */
  readonly source: string | null;
}

/** Of the rows of a table. */
export interface Differences {
  /** One per setting and pair of values, with the titles of the rows that it holds for. */
  readonly lines: readonly { readonly setting: ComparedSetting; readonly rows: ReadonlySet<string> }[];
  /** Names of the settings that are the paper's in all rows. */
  readonly same: readonly string[];
}

export function differencesOf(
  rows: readonly { readonly title: string; readonly settings: readonly ComparedSetting[] }[],
): Differences {
  const names = [...new Set(rows.flatMap(({ settings }) => settings.map(({ name }) => name)))];
  const lines = names.flatMap((name) => {
    const byValues = new Map<string, { setting: ComparedSetting; rows: Set<string> }>();
    for (const { title, settings } of rows) {
      const setting = settings.find((one) => one.name === name);
      if (!setting || setting.ours === setting.paper) continue;
      const key = JSON.stringify([setting.ours, setting.paper]);
      byValues.set(key, { setting, rows: (byValues.get(key)?.rows ?? new Set()).add(title) });
    }
    return [...byValues.values()];
  });
  return { lines, same: names.filter((name) => lines.every(({ setting }) => setting.name !== name)) };
}

/** Of one network, that have no value in the paper: our defaults are what it would be likely to have. */
const others = [
  'init',
  'data.sharing.subset',
  'data.sharing.warmup.until',
  'training.schedule',
  'training.roundDecay',
  'training.clipNorm',
  'training.flip',
  'training.crop',
  'training.precision',
  'federation.privacy',
  'federation.participation',
  'federation.ema',
  'evaluation.neighbours',
  'evaluation.personal',
];

/** @param metrics those that stand in the table */
export function comparedSettings(run: Run, metrics: Metrics): ComparedSetting[] {
  const { settings } = run;
  const named = paperSettings.flatMap(({ name, source, ours, paper, reading }): ComparedSetting[] => {
    const own = ours(run, metrics);
    if (own === null) return [];
    return [{ name, ours: own, paper: paper(settings), reading: reading?.(settings) ?? null, source }];
  });
  const usual = defaultsFor(settings);
  const unnamed = others.flatMap((path): ComparedSetting[] => {
    const [own, paper] = [valueAt(settings, path), valueAt(usual, path)];
    if (own === undefined || paper === undefined || canonicalJson(own) === canonicalJson(paper)) return [];
    const reading = 'it does not say; the default';
    return [{ name: path, ours: inWords(own), paper: inWords(paper), reading, source: null }];
  });
  return [...named, ...unnamed];
}

/** An experiment of this network with and without sharing, as it is unless something else is said. */
const defaultsFor = ({ model, data: { sharing } }: Experiment): object =>
  experimentSchemas[model.kind].parse({
    name: 'paper',
    model: { kind: model.kind },
    data: { sharing: sharing && { alpha: sharing.alpha, beta: sharing.beta } },
  });

/** Undefined where a block on the way is switched off. */
const valueAt = (settings: object, path: string): unknown =>
  path.split('.').reduce<unknown>((block, key) => (block as Record<string, unknown> | null)?.[key], settings);

const inWords = (value: unknown): string =>
  canonicalJson(value)
    .replaceAll(/["{}]/g, '')
    .replaceAll(/[:,]/g, (sign) => (sign === ':' ? ' ' : ', '))
    .replaceAll('null', 'none');
