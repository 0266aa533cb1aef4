import { mkdtempSync, readdirSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { emptyStack, readStack, writeStack } from '../../../infra/stack/state.ts';

it('is written whole, readable for its owner only, and read back', () => {
  const folder = join(mkdtempSync(join(tmpdir(), 'stack-')), 'state');
  expect(readStack(folder)).toEqual(emptyStack);
  const stack = {
    ...emptyStack,
    s3: { endpoint: 'http://127.0.0.1:7070', bucket: 'phoenix', accessKey: 'a', secretKey: 's' },
  };
  writeStack(folder, stack);
  expect(readStack(folder)).toEqual(stack);
  expect(statSync(join(folder, 'stack.json')).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder)).toEqual(['stack.json']);
});
