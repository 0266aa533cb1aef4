import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { lastLine } from '../../../infra/stack/logs.ts';

it('gives the last line with anything on it, of a long file too', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'logs-')), 'a.log');
  expect(lastLine(file)).toBe('');
  writeFileSync(file, '');
  expect(lastLine(file)).toBe('');
  writeFileSync(file, `${'x'.repeat(50_000)}\n\u001B[31m the reason \u001B[39m\n\n`);
  expect(lastLine(file)).toBe('the reason');
});
