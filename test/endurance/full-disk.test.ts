/** A disk that is full under the S3 server while a run goes on: it waits, says so, and ends with the same bytes. */
import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, rmdirSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FullRun } from '../../phoenix/federation/records.ts';
import { Stack } from '../helpers/stack.ts';

const TINY = 'experiments/tiny.yaml';
/** Long enough to be caught in the middle. */
const LONGER = ['training.steps=500'];

const mount = (folder: string) => spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=32m', 'tmpfs', folder]);
const unmount = (folder: string) => execFileSync('umount', [folder]);

const mayMount = (() => {
  const folder = mkdtempSync(join(tmpdir(), 'phoenix-mount-'));
  const mounted = mount(folder).status === 0;
  if (mounted) unmount(folder);
  rmdirSync(folder);
  return mounted;
})();

/** Its objects lie on a file system of their own, and of 32 MB. */
class SmallStack extends Stack {
  readonly #disk = join(this.folder, 's3');
  readonly #ballast = join(this.#disk, 'ballast');

  constructor() {
    super();
    mkdirSync(this.#disk);
    mount(this.#disk);
  }

  /** Not a byte is left. */
  fill(): void {
    const file = openSync(this.#ballast, 'w');
    try {
      for (let bytes = 2 ** 20; bytes >= 1;) {
        try {
          writeSync(file, new Uint8Array(bytes));
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
          bytes /= 2;
        }
      }
    } finally {
      closeSync(file);
    }
  }

  makeRoom(): void {
    rmSync(this.#ballast);
  }

  override async stop(): Promise<void> {
    await this.phoenix('down');
    unmount(this.#disk);
    rmSync(this.folder, { recursive: true });
  }
}

describe.skipIf(!mayMount)('a full disk (skipped where tests may not mount one)', () => {
  let undisturbed: FullRun;
  let stack: SmallStack;

  beforeAll(async () => {
    const first = await Stack.start();
    undisturbed = await first.finish(TINY, LONGER);
    await first.stop();
    stack = await SmallStack.start();
  });

  afterAll(() => stack.stop());

  it('holds a run up, which says why, and goes on as if nothing had happened once there is room', async () => {
    const run = await stack.begin(TINY, LONGER);
    await stack.untilStep(run, /^round 1 · client 0 · train/, 50);
    stack.fill();
    let status = '';
    while (!/attempt \d+, since: the S3 store at http:\S+ is full: No space left on device/.test(status)) {
      await delay(500);
      status = await stack.phoenix('status', run);
      expect(status).toContain(`${run}: running`);
    }
    stack.makeRoom();
    const document = await stack.finish(TINY, LONGER);
    expect(document.run).toBe(run);
    expect(document.final).toEqual(undisturbed.final);
    expect(document.rounds.map(({ clients, metrics }) => [clients, metrics])).toEqual(
      undisturbed.rounds.map(({ clients, metrics }) => [clients, metrics]),
    );
    expect(await stack.phoenix('verify', '--all')).toContain(' 0 with problems');
  });
});
