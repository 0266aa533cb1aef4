/**
 * Reference values made with public Python libraries. `PHOENIX_GOLDEN_DIR` names another folder with the same
 * files.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readNpz, type NpyArray } from './npz.ts';

/** An array as the JSON files write it: row major. */
export interface JsonArray {
  readonly shape: readonly number[];
  readonly dtype: 'f32' | 'f64' | 'int64';
  readonly data: readonly number[];
}

const FOLDER = process.env['PHOENIX_GOLDEN_DIR'] ?? join(import.meta.dirname, '../fixtures/golden');

export function goldenPath(name: string): string {
  return join(FOLDER, name);
}

export function goldenJson<T>(name: string): T {
  return JSON.parse(readFileSync(goldenPath(name), 'utf8')) as T;
}

export function goldenNpz(name: string): Map<string, NpyArray> {
  return readNpz(readFileSync(goldenPath(name)));
}
