import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { FileCheckpoints } from '../../../classifier/file-checkpoints.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'phoenix-checkpoints-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

const tensors = (value: number) => new Map([['w', { shape: [2], data: Float32Array.of(value, -value) }]]);

it('gives back the newest one, and nothing once it is cleared', async () => {
  const checkpoints = new FileCheckpoints(join(folder, 'state', 'one.safetensors'));
  expect(await checkpoints.load()).toBeNull();
  await checkpoints.save(1, tensors(1), { losses: [3] });
  await checkpoints.save(2, tensors(2), { losses: [3, 2.5] });
  expect(readdirSync(join(folder, 'state'))).toEqual(['one.safetensors']);
  expect(await checkpoints.load()).toEqual({ done: 2, tensors: tensors(2), extra: { losses: [3, 2.5] } });
  checkpoints.clear();
  expect(await checkpoints.load()).toBeNull();
});

it('says when the file is damaged', async () => {
  writeFileSync(join(folder, 'x'), 'no checkpoint');
  await expect(new FileCheckpoints(join(folder, 'x')).load()).rejects.toThrow(
    expect.objectContaining({ name: 'BadSafetensors' }),
  );
});
