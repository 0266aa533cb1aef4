/** What a stored document points to, found by shape: references to blobs, and keys of steps. */
import type { Ref } from '../federation/records.ts';

export interface References {
  readonly refs: readonly Ref[];
  readonly steps: readonly string[];
  /** Those of `refs` that stand under `record`: JSON blobs, which point further. */
  readonly records: readonly Ref[];
}

const HASH = /^[0-9a-f]{64}$/;

/** All that plain JSON points to, at any depth: `{hash, bytes}` is a blob, a hash under `key` or `step` a step. */
export function referencesIn(value: unknown): References {
  const found = { refs: [] as Ref[], steps: [] as string[], records: [] as Ref[] };
  collect(value, '', found);
  return found;
}

function collect(
  value: unknown,
  name: string,
  found: { refs: Ref[]; steps: string[]; records: Ref[] },
): void {
  if (typeof value === 'string') {
    if ((name === 'key' || name === 'step') && HASH.test(value)) found.steps.push(value);
  } else if (isRef(value)) {
    found.refs.push({ hash: value.hash, bytes: value.bytes });
    if (name === 'record') found.records.push({ hash: value.hash, bytes: value.bytes });
  } else if (Array.isArray(value)) {
    for (const item of value) collect(item, name, found);
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value)) collect(item, key, found);
  }
}

function isRef(value: unknown): value is Ref {
  if (typeof value !== 'object' || value === null) return false;
  const { hash, bytes } = value as Partial<Ref>;
  return typeof hash === 'string' && HASH.test(hash) && Number.isSafeInteger(bytes);
}
