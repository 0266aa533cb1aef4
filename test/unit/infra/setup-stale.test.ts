import { mkdirSync, mkdtempSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fingerprint } from '../../../infra/setup/build.mjs';
import { stateOf } from '../../../infra/setup/packages.mjs';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'phoenix-stale-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the build', () => {
  const file = (name: string) => join(folder, name);
  const hash = () => fingerprint(folder, ['cli', 'phoenix']);

  beforeEach(() => {
    mkdirSync(file('cli'));
    mkdirSync(file('phoenix/data'), { recursive: true });
    writeFileSync(file('cli/main.ts'), 'main');
    writeFileSync(file('phoenix/data/images.ts'), 'images');
    writeFileSync(file('tsconfig.json'), '{}');
  });

  test.each<[string, () => void]>([
    ['a changed source', () => writeFileSync(file('cli/main.ts'), 'niam')],
    ['a new source', () => writeFileSync(file('phoenix/new.ts'), '')],
    ['a source that is gone', () => rmSync(file('cli/main.ts'))],
    ['a source of another name', () => renameSync(file('cli/main.ts'), file('cli/other.ts'))],
    ['other compiler settings', () => writeFileSync(file('tsconfig.json'), '{"strict":true}')],
  ])('is stale after %s', (_, change) => {
    const before = hash();
    change();
    expect(hash()).not.toBe(before);
  });

  test('is not stale because of a date, or of a file that is no source', () => {
    const before = hash();
    utimesSync(file('cli/main.ts'), 1, 1);
    writeFileSync(file('cli/notes.md'), 'notes');
    expect(hash()).toBe(before);
  });
});

describe('npm packages', () => {
  const zod = { version: '4.0.0', integrity: 'sha512-a' };
  const optional = { version: '1.0.0', optional: true };

  function packages(locked: object, installed?: object): string {
    writeFileSync(join(folder, 'package-lock.json'), JSON.stringify({ packages: { '': {}, ...locked } }));
    if (installed) {
      mkdirSync(join(folder, 'node_modules'), { recursive: true });
      writeFileSync(join(folder, 'node_modules/.package-lock.json'), JSON.stringify({ packages: installed }));
    }
    return stateOf(folder).state;
  }

  test('are missing until npm has finished', () => {
    mkdirSync(join(folder, 'node_modules/zod'), { recursive: true });
    expect(packages({ 'node_modules/zod': zod })).toBe('missing');
  });

  test('are right when they are the locked ones; an optional one may be absent', () => {
    expect(
      packages({ 'node_modules/zod': zod, 'node_modules/mac': optional }, { 'node_modules/zod': zod }),
    ).toBe('ok');
  });

  test.each([
    ['another version', { 'node_modules/zod': { ...zod, version: '4.0.1' } }],
    ['other contents', { 'node_modules/zod': { ...zod, integrity: 'sha512-b' } }],
    ['one too few', {}],
  ])('are wrong with %s', (_, installed) => {
    expect(packages({ 'node_modules/zod': zod }, installed)).toBe('wrong');
  });
});
