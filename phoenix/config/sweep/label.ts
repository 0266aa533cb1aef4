/** What a cell is called among the others. */
import { stringify } from 'yaml';
import type { Values } from './expand.ts';

const symbols: Readonly<Record<string, (value: unknown) => string>> = {
  'data.sharing.beta': (value) => `β ${String(value)} %`,
  'data.sharing.alpha': (value) => `α ${String(value)} %`,
};

/**
 * "β 25 %, α 50 %, seed 1", or "filtering.rule=lowest".
 *
 * @param seed null where all cells have the same one
 */
export function labelOf(values: Values, seed: number | null): string {
  const parts = Object.entries(values).map(
    ([path, value]) => symbols[path]?.(value) ?? `${path}=${inOneLine(value)}`,
  );
  return [...parts, ...(seed === null ? [] : [`seed ${seed}`])].join(', ') || 'as it stands';
}

const inOneLine = (value: unknown): string =>
  stringify(value, { collectionStyle: 'flow', lineWidth: 0 }).trim();
