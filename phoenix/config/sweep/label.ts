/** What a cell is called among the others. */
import { stringify } from 'yaml';
import type { Values } from './expand.ts';

/** Settings that sweeps are about, as people say them. */
const words: Readonly<Record<string, (value: unknown) => string>> = {
  'data.sharing.beta': (value) => `β ${String(value)} %`,
  'data.sharing.alpha': (value) => `α ${String(value)} %`,
  'data.partition.kind': String,
  'training.steps': (value) => `${String(value)} steps`,
  filtering: (value) => (isRule(value) ? Object.values(value).join(' ') : `filtering=${inOneLine(value)}`),
};

/** Whatever else it may have in it would be read as part of the rule. */
const isRule = (value: unknown): value is object =>
  typeof value === 'object' &&
  value !== null &&
  Object.keys(value).every((key) => key === 'rule' || key === 'threshold');

/**
 * "β 25 %, α 50 %, seed 1", "threshold 0.7", or "training.learningRate=0.001".
 *
 * @param seed null where all cells have the same one
 */
export function labelOf(values: Values, seed: number | null): string {
  const parts = Object.entries(values).map(
    ([path, value]) => words[path]?.(value) ?? `${path}=${inOneLine(value)}`,
  );
  return [...parts, ...(seed === null ? [] : [`seed ${seed}`])].join(', ') || 'as it stands';
}

const inOneLine = (value: unknown): string =>
  stringify(value, { collectionStyle: 'flow', lineWidth: 0 }).trim();
