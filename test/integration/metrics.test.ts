/** `phoenix metrics` on folders, without servers: the real engine in its process, the real cache on disk. */
import { execFile, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { childrenOf, environment } from '../../chaos/own-stack.ts';
import type { Measured } from '../../cli/metrics.ts';
import { program } from '../../infra/stack/program.ts';
import { uniform } from '../../phoenix/data/random.ts';
import { imagesAt, type ImageSet } from '../../phoenix/data/image-set.ts';
import { cifar10Fixture } from '../helpers/cifar10-fixture.ts';
import { ownCache } from '../helpers/own-cache.ts';
import { root, untilDead } from '../helpers/stack.ts';

const folder = mkdtempSync(join(tmpdir(), 'phoenix-metrics-'));
const cache = ownCache();
const variables = environment({ PHOENIX_CACHE: cache.folder, PHOENIX_STATE: join(folder, 'state') });
const store = join(cache.folder, 'metrics');
const { train } = cifar10Fixture();

/** Real images: `even` and `odd` are halves of one set; `noise` is none. */
beforeAll(async () => {
  const half = (odd: number) =>
    imagesAt(
      train,
      Int32Array.from({ length: 200 }, (_, k) => 2 * k + odd),
    );
  const random = uniform(1);
  await write('even', half(0));
  await write('odd', half(1));
  await write(
    'noise',
    Uint8Array.from({ length: 60 * 32 * 32 * 3 }, () => 256 * random()),
  );
  await write('few', half(0).subarray(0, 5 * 32 * 32 * 3));
  await write('large', half(0).subarray(0, 30 * 32 * 32 * 3), 40);
});

afterAll(() => {
  cache.remove();
  rmSync(folder, { recursive: true });
});

async function write(name: string, images: ImageSet['images'], side = 32): Promise<void> {
  mkdirSync(join(folder, name, 'first'), { recursive: true });
  const bytes = 32 * 32 * 3;
  for (let k = 0; k < images.length / bytes; k++) {
    await sharp(images.subarray(k * bytes, (k + 1) * bytes), { raw: { width: 32, height: 32, channels: 3 } })
      .resize(side, side)
      .png()
      .toFile(join(folder, name, 'first', `${String(k).padStart(3, '0')}.png`));
  }
}

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const metrics = async (...args: string[]): Promise<Ended> =>
  promisify(execFile)(process.execPath, [program, 'metrics', ...args], { cwd: root, env: variables }).then(
    (ended) => ({ code: 0, ...ended }),
    (error: Ended) => error,
  );

const measured = async (name: string, ...args: string[]): Promise<Measured> => {
  const { code, stdout, stderr } = await metrics(join(folder, name), ...args, '--json');
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Measured;
};

describe('a folder of images', () => {
  it('is at no distance from itself, nearer to the other half of its set than to noise, and says what it has seen', async () => {
    const itself = await measured('even', '--against', join(folder, 'even'));
    expect(itself.metrics).toMatchObject({
      samples: 200,
      referenceImages: 200,
      extractor: 'cifar-classifier',
      dimensions: 192,
      precision: 1,
      recall: 1,
      coverage: 1,
      paper: { dimensions: 64, precision: 1 },
    });
    for (const { share } of itself.classes) expect(share.fake).toEqual(share.real);
    const half = await measured('even', '--against', join(folder, 'odd'));
    const noise = await measured('noise', '--against', join(folder, 'odd'));
    const fids = [itself, half, noise].map(({ metrics: { fid } }) => fid);
    expect(fids[0]).toBeLessThan(1e-3 * fids[1]!);
    expect(fids[2]).toBeGreaterThan(3 * fids[1]!);
    expect(noise.metrics.recall).toBeLessThan(half.metrics.recall);
    expect(noise.metrics.classCounts.reduce((sum, count) => sum + count, 0)).toBe(60);
    expect(half.metrics.warnings.join()).toContain('200 samples in 192 dimensions');
  });

  it('is measured all the same where what was remembered is damaged', async () => {
    const before = await measured('even', '--against', join(folder, 'odd'));
    for (const name of readdirSync(join(store, 'objects')).filter((one) => one.startsWith('blobs'))) {
      const file = join(store, 'objects', name);
      const bytes = readFileSync(file);
      bytes[bytes.length - 1]! ^= 1;
      writeFileSync(file, bytes);
    }
    // Other balls: features are read again.
    const args = [join(folder, 'even'), '--against', join(folder, 'odd'), '--neighbours', '2', '--json'];
    const { stdout, stderr } = await metrics(...args);
    expect(stderr).toContain('is corrupt');
    const after = JSON.parse(stdout) as Measured;
    expect([after.neighbours, after.metrics.fid]).toEqual([2, before.metrics.fid]);
  });

  it('is reduced to a size that the network takes, and the output says so', async () => {
    const { imageSize, notes } = await measured('large', '--against', join(folder, 'odd'));
    expect(imageSize).toBe(32);
    expect(notes).toContain(`Images of ${join(folder, 'large')} are reduced from 40 to 32 × 32 pixels`);
  });

  it.each([
    [['nowhere'], 'nowhere is no folder; and as a run: no Temporal'],
    [['README.md'], 'README.md is a file'],
    [[join(folder, 'even'), '--against', 'nowhere'], 'there is no folder nowhere'],
    [[join(folder, 'few')], 'few has 5 images; measuring takes 20 or more'],
    [[join(folder, 'noise'), '--neighbours', '60'], 'noise has 60 images; measuring takes 61 or more'],
    [[join(folder, 'even'), '--extractor', 'inception-fid', '--labels', 'own'], 'knows no class'],
    [
      [join(folder, 'even'), '--against', join(folder, 'odd'), '--novelty'],
      '--novelty needs the training images',
    ],
    [[join(folder, 'even', 'first', '..', '..')], 'not a file; supported: a folder of PNG or JPEG files'],
  ])('phoenix metrics %j ends with exit code 2 and one line', async (args, message) => {
    mkdirSync(join(folder, 'state'), { recursive: true });
    const { code, stdout, stderr } = await metrics(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(stderr).toContain(message);
  });

  it('names a file that is no image', async () => {
    mkdirSync(join(folder, 'broken'));
    writeFileSync(join(folder, 'broken', '1.png'), 'no image');
    const { code, stderr } = await metrics(join(folder, 'broken'));
    expect({ code, line: stderr.split('\n')[0] }).toEqual({
      code: 2,
      line: expect.stringContaining(`${join(folder, 'broken', '1.png')}: cannot be read`),
    });
  });
});

describe('against the test images of CIFAR-10', () => {
  it('stops at once at Ctrl-C, leaves nothing but what it remembers, and goes on where it was', async () => {
    const child = spawn(process.execPath, [program, 'metrics', join(folder, 'odd')], {
      cwd: root,
      env: variables,
    });
    let said = '';
    for await (const piece of child.stderr as AsyncIterable<Buffer>) {
      said += piece.toString();
      // Its own features are there, and the many of the test images have begun.
      if (/features of .*odd through .*\d s/.test(said)) break;
    }
    const engines = childrenOf(child.pid!);
    const ended = new Promise((resolve) => child.on('exit', resolve));
    const asked = performance.now();
    child.kill('SIGINT');
    expect(await ended).toBe(130);
    expect(performance.now() - asked).toBeLessThan(2000);
    expect(engines).not.toEqual([]);
    await untilDead(engines, 1);
    expect(readdirSync(store)).toEqual(['objects']);

    const again = await metrics(join(folder, 'odd'));
    expect(again.stderr).not.toMatch(/odd through/);
    expect(again.stderr).toMatch(/features of cifar10-test through cifar-classifier: /);
    expect(again.stdout).toContain('200 images, against 10,000 of cifar10-test, at 32 × 32 pixels');
    for (const line of ['FID', 'KID', 'precision', 'coverage', 'Inception Score', 'airplane', 'truck'])
      expect(again.stdout).toMatch(new RegExp(`^${line} .*\\d`, 'm'));

    // What it has measured once it only looks up, and says the same of it.
    const third = await metrics(join(folder, 'odd'));
    expect(third.stdout).toBe(again.stdout);
    expect(third.stderr).not.toMatch(/features of/);
  });
});
