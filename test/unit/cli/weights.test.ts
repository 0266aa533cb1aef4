import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { addWeights } from '../../../cli/add-weights.ts';
import { explain } from '../../../cli/errors.ts';
import { weights } from '../../../cli/weights.ts';
import { decodeSafetensors } from '../../../phoenix/storage/safetensors.ts';
import { readReleasedWeights, weightsRecord } from '../../../phoenix/models/released-weights.ts';
import { readTorchFile } from '../../../phoenix/storage/torch-file.ts';

// The networks are a small one that PyTorch has saved: `inception` with a known hash, `lanet` without.
vi.mock('../../../phoenix/models/weight-releases.ts', async () => {
  const { readFileSync } = await import('node:fs');
  const { createHash } = await import('node:crypto');
  const bytes = readFileSync('test/fixtures/torch/checkpoint.pt');
  const release = {
    network: 'a small network',
    file: 'checkpoint.pt',
    address: 'https://example.org/checkpoint.pt',
    license: 'none',
    path: ['model_state_dict'],
    shapes: new Map<string, number[]>([
      ['conv.weight', [1, 2, 2, 3]],
      ['depthwise.weight', [2, 2, 3, 1]],
      ...['weight', 'bias', 'running_mean', 'running_var'].map(
        (part) => [`bn.${part}`, [3]] as [string, number[]],
      ),
      ['fc.weight', [3, 2]],
      ['fc.bias', [2]],
    ]),
  };
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return {
    releaseNames: ['inception', 'lanet'],
    weightReleases: {
      inception: { ...release, known: { bytes: bytes.length, sha256 } },
      lanet: { ...release, known: null },
    },
  };
});

const fixture = (name: string) => resolve('test/fixtures/torch', name);
const published = readFileSync(fixture('checkpoint.pt'));
const hash = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

let cache: string;
let server: Server;
let url: string;
let served: Uint8Array | number;
let requests: number;
const printed: string[] = [];

beforeEach(async () => {
  cache = mkdtempSync(join(tmpdir(), 'phoenix-weights-'));
  vi.stubEnv('PHOENIX_CACHE', cache);
  printed.length = 0;
  vi.spyOn(console, 'log').mockImplementation((line: string) => void printed.push(line));
  vi.spyOn(console, 'error').mockImplementation(() => undefined);
  vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
  served = published;
  requests = 0;
  server = createServer((request, response) => {
    requests++;
    if (request.url === '/moved') response.writeHead(302, { location: '/file' }).end();
    else if (typeof served === 'number') response.writeHead(served).end();
    else response.writeHead(200, { 'content-length': served.length }).end(served);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/file`;
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  server.closeAllConnections();
  server.close();
  rmSync(cache, { recursive: true });
});

/** Everything in the cache that is not empty. */
const inCache = () =>
  readdirSync(cache, { recursive: true, withFileTypes: true })
    .filter((item) => item.isFile())
    .map((item) => join(basename(item.parentPath), item.name))
    .toSorted();

const entryFiles = (name: string) =>
  ['.complete.json', 'weights.json', 'weights.safetensors'].map((file) => join(`weights-${name}`, file));

/** What is said about input that is refused; nothing is changed by it. */
async function refusal(...args: Parameters<typeof addWeights>): Promise<string> {
  const before = inCache();
  const error: unknown = await addWeights(...args).then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(explain(error)).toBe(2);
  expect(inCache()).toEqual(before);
  const { message } = error as Error;
  expect(message).not.toContain('\n');
  return message;
}

test('a published file is checked, converted and found by those who need it', async () => {
  await addWeights('inception', fixture('checkpoint.pt'), {});
  expect(inCache()).toEqual(entryFiles('inception'));
  const file = readFileSync(join(cache, 'weights-inception', 'weights.safetensors'));
  expect(weightsRecord(cache, 'inception')).toMatchObject({ sha256: hash(file), bytes: file.length });
  expect(weightsRecord(cache, 'inception')).toMatchObject({
    verified: true,
    source: { from: fixture('checkpoint.pt'), sha256: hash(published), bytes: published.length },
  });

  const ours = decodeSafetensors(readReleasedWeights(cache, 'inception')).tensors;
  const theirs = readTorchFile(published, ['model_state_dict']);
  const pair = (name: string) => ({ ours: ours.get(name)!, theirs: theirs.get(name)!.read() });
  const [conv, depthwise, dense] = [pair('conv.weight'), pair('depthwise.weight'), pair('fc.weight')];
  expect(conv.ours.shape).toEqual([1, 2, 2, 3]);
  expect(depthwise.ours.shape).toEqual([2, 2, 3, 1]);
  for (let o = 0; o < 3; o++) {
    for (let i = 0; i < 2; i++) {
      for (let x = 0; x < 2; x++)
        expect(conv.ours.data[(x * 2 + i) * 3 + o]).toBe(conv.theirs.data[(o * 2 + i) * 2 + x]);
      expect(dense.ours.data[o * 2 + i]).toBe(dense.theirs.data[i * 3 + o]);
    }
    for (let p = 0; p < 4; p++) expect(depthwise.ours.data[p * 3 + o]).toBe(depthwise.theirs.data[o * 4 + p]);
  }
  expect([...ours.keys()].some((name) => name.includes('tracked'))).toBe(false);
});

test('adding again changes nothing, and other weights do not take their place', async () => {
  await addWeights('lanet', fixture('checkpoint.pt'), {});
  const record = readFileSync(join(cache, 'weights-lanet', 'weights.json'));
  await addWeights('lanet', fixture('checkpoint.pt'), { json: true });
  expect(JSON.parse(printed.at(-1)!)).toMatchObject({ name: 'lanet', verified: false });
  expect(await refusal('lanet', fixture('checkpoint-legacy.pt'), {})).toMatch(
    /other weights of lanet .* remove .*weights-lanet/,
  );
  expect(readFileSync(join(cache, 'weights-lanet', 'weights.json')).equals(record)).toBe(true);
});

test('a file that is not the published one is refused, or taken by its names and shapes when that is asked for', async () => {
  const legacy = fixture('checkpoint-legacy.pt');
  expect(await refusal('inception', legacy, {})).toMatch(/is not checkpoint\.pt .*SHA-256.*--unverified/);
  await addWeights('inception', legacy, { unverified: true });
  expect(weightsRecord(cache, 'inception').verified).toBe(false);
  const { sha256 } = weightsRecord(cache, 'inception');
  await addWeights('lanet', fixture('checkpoint.pt'), {});
  expect(weightsRecord(cache, 'lanet').sha256).toBe(sha256); // equal weights, equal hashes
});

test.each([
  ['system.pt', /asks for posix\.system, and only tensors are read/],
  ['eval.pt', /asks for builtins\.eval/],
  ['tensors.pt', /its model_state_dict is no dictionary of tensors/],
  ['make.py', /neither a file of torch\.save nor safetensors/],
  ['nothing.pt', /cannot be read \(ENOENT\)/],
  ['.', /cannot be read \(EISDIR\)/],
])('%s is refused', async (name, message) => {
  expect(await refusal('lanet', fixture(name), {})).toMatch(message);
});

test('a name that is unknown is refused with those that are known', async () => {
  expect(await refusal('vgg', fixture('checkpoint.pt'), {})).toMatch(/vgg is unknown; .* inception, lanet/);
});

test('a URL is downloaded, also where it has moved to, and only once', async () => {
  await addWeights('inception', url.replace('/file', '/moved'), {});
  expect(inCache()).toEqual(entryFiles('inception'));
  expect(weightsRecord(cache, 'inception')).toMatchObject({ verified: true });
  expect(requests).toBe(2);
  await addWeights('inception', url, {});
  expect(requests).toBe(2);
});

test('what a URL serves is refused when it is not the published file, or not there', async () => {
  served = Buffer.from(published);
  served[100]! ^= 1;
  expect(await refusal('inception', url, {})).toMatch(/is not the expected file \(sha256 [0-9a-f]{64}\)/);
  served = Buffer.concat([published, published]);
  expect(await refusal('inception', url, {})).toMatch(/more than \d+ bytes/);
  served = Buffer.from('<!DOCTYPE html><html></html>');
  expect(await refusal('lanet', url, {})).toMatch(/: it is a web page$/);
  served = 404;
  expect(await refusal('lanet', url, {})).toMatch(/answers 404/);
});

test('without the weights, whoever asks for them is told how to add them', () => {
  for (const ask of [readReleasedWeights, weightsRecord])
    expect(() => ask(cache, 'inception')).toThrow(
      expect.objectContaining({
        name: 'WeightsMissing',
        weights: 'inception',
        message: expect.stringMatching(/npx phoenix weights add inception FILE\|URL.*checkpoint\.pt/),
      }),
    );
});

test('damage is found, shown and mended', async () => {
  await addWeights('inception', fixture('checkpoint.pt'), {});
  const file = join(cache, 'weights-inception', 'weights.safetensors');
  const bytes = readFileSync(file);
  bytes[bytes.length - 1]! ^= 1;
  writeFileSync(file, bytes);
  expect(() => readReleasedWeights(cache, 'inception')).toThrow(
    expect.objectContaining({ name: 'WeightsDamaged' }),
  );
  weights({ json: true });
  expect(JSON.parse(printed.at(-1)!)).toMatchObject([
    { name: 'inception', state: 'damaged' },
    { name: 'lanet', state: 'missing', known: null },
  ]);
  await addWeights('inception', fixture('checkpoint.pt'), {});
  expect(decodeSafetensors(readReleasedWeights(cache, 'inception')).tensors.size).toBe(8);
});

test('the list says what is there and how well it was checked', async () => {
  await addWeights('lanet', fixture('checkpoint.pt'), {});
  weights({});
  const text = printed.join('\n');
  expect(text).toMatch(/inception: a small network; none\n.*\n +missing\n/);
  expect(text).toMatch(
    new RegExp(`lanet: .*\n.*\n +there: .*${hash(published)}, checked by names and shapes alone`),
  );
});
