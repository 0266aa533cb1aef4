import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DataFileCorrupt, DataFileMissing, loadCifar10 } from '../../../phoenix/data/cifar10.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'phoenix-cifar10-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function failure(): unknown {
  try {
    loadCifar10(folder);
  } catch (error) {
    return error;
  }
  throw new Error('loadCifar10 accepted the folder');
}

// That the real files are accepted is shown by every run of the integration tests.
describe('loadCifar10', () => {
  it('names a missing file and the way to get it', () => {
    const error = failure() as DataFileMissing;
    expect(error).toBeInstanceOf(DataFileMissing);
    expect(error.file).toBe(join(folder, 'train-labels.bin'));
    expect(error.message).toContain(error.file);
    expect(error.message).toMatch(/npm start.*npx phoenix doctor.*PHOENIX_CIFAR10_DIR/);
  });

  it('names a corrupt file, also when its length is right', () => {
    writeFileSync(join(folder, 'train-labels.bin'), new Uint8Array(50_000));
    const error = failure() as DataFileCorrupt;
    expect(error).toBeInstanceOf(DataFileCorrupt);
    expect(error.file).toBe(join(folder, 'train-labels.bin'));
    expect(error.expected.bytes).toBe(50_000);
    expect(error.actual.sha256).not.toBe(error.expected.sha256);
    expect(error.message).toMatch(/delete it and run `npm start`/);
    expect(error.message).not.toContain('\n');
  });
});
