import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { addressInUi, asData, printResults } from '../../../cli/results.ts';
import type { ResolvedConnection } from '../../../infra/stack/connection.ts';
import type { Blobs } from '../../../phoenix/storage/blobs.ts';
import { ref, run } from '../report/example-run.ts';

const connection = { namespace: 'default', ui: 'http://127.0.0.1:8233' } as ResolvedConnection;
const grid = await sharp({ create: { width: 8, height: 8, channels: 3, background: '#a65' } })
  .png()
  .toBuffer();
let folder: string;
let printed: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'results-'));
  vi.stubEnv('PHOENIX_STATE', folder);
  // Without CIFAR-10, whatever is in the cache of this machine.
  vi.stubEnv('PHOENIX_CACHE', folder);
  printed = [];
  vi.spyOn(console, 'log').mockImplementation((line: string) => void printed.push(line));
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

it('prints the tables and where to look, and writes the page and the picture', async () => {
  const blobs = {
    getJson: async (wanted) => run.rounds.find(({ record }) => record.hash === wanted.hash),
    get: async (wanted) => (wanted.hash === ref('grid').hash ? grid : Promise.reject()),
  } as Pick<Blobs, 'get' | 'getJson'>;
  await printResults(run, blobs as Blobs, connection);
  const [page, picture] = ['index.html', 'samples.png'].map((name) => join(folder, 'runs', run.run, name));
  const output = printed.join('\n');
  for (const text of [
    'U-Net, 35,746,307 parameters',
    'poor, 2 in a row: removed',
    run.final!.weightsHash,
    page!,
    `${connection.ui}/namespaces/default/workflows/${run.run}`,
  ]) {
    expect(output).toContain(text);
  }
  expect(readFileSync(page!, 'utf8')).toContain('data:image/webp;base64,');
  expect(readFileSync(picture!)).toEqual(grid);
});

it('does without the picture while the store is away', async () => {
  await printResults(run, null, { ...connection, ui: null });
  expect(printed.join('\n')).not.toMatch(/samples\.png|Temporal UI/);
  expect(addressInUi(run.run, { ...connection, ui: null })).toBeNull();
});

it('has the hash of the weights and of every artifact in its data', () => {
  const data = asData(run);
  expect(data.weightsHash).toBe(run.final!.weightsHash);
  expect(data.artifacts).toContainEqual({ name: 'sample grid', ...ref('grid') });
  expect(data).toMatchObject({ rounds: run.rounds, clients: run.clients, ledger: run.ledger });
});
