/** Settings files for tests, in a folder of their own. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import { loadExperiment, SettingsError } from '../../phoenix/config/load.ts';

/** For a file of tests. Messages name settings files as they were given: relative to the current directory. */
export function inFolderOfItsOwn(): void {
  const before = process.cwd();
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'phoenix-config-'));
    process.chdir(folder);
  });

  afterAll(() => {
    process.chdir(before);
    rmSync(folder, { recursive: true });
  });
}

export function load(yaml: string, overrides: string[] = []) {
  writeFileSync('x.yaml', yaml);
  return loadExperiment('x.yaml', overrides);
}

export function errorOf(work: () => unknown): SettingsError {
  try {
    work();
  } catch (error) {
    expect(error).toBeInstanceOf(SettingsError);
    return error as SettingsError;
  }
  throw new Error('there was no error');
}

/** The message, which is one line. */
export const message = (yaml: string, overrides?: string[]) => {
  const text = errorOf(() => load(yaml, overrides)).message;
  expect(text).not.toContain('\n');
  return text;
};

/** The blocks and settings that an experiment has, as messages list them. */
export const topLevel =
  'name, seed, data, model, diffusion, init, training, sampling, federation, filtering, evaluation, features, checkpoint';
