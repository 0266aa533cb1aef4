import { existsSync, mkdtempSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { PartialAccess } from '../../../cli/access.ts';
import { BadInput } from '../../../cli/errors.ts';
import { report, ReportWriter } from '../../../cli/report.ts';
import type { ResolvedConnection } from '../../../infra/stack/connection.ts';
import type { Ref } from '../../../phoenix/federation/records.ts';
import type { Run } from '../../../phoenix/report/groups.ts';
import type { Blobs } from '../../../phoenix/storage/blobs.ts';
import { RunStore } from '../../../phoenix/storage/runs.ts';
import { StoreUnreachable } from '../../../phoenix/storage/store-errors.ts';
import { SweepStore } from '../../../phoenix/storage/sweeps.ts';
import { MemoryStore } from '../../helpers/memory-store.ts';
import { runs, sweep } from '../report/example-report.ts';
import { run } from '../report/example-run.ts';

let grid: Buffer;
let out: string;
beforeAll(async () => {
  grid = await sharp({ create: { width: 8, height: 8, channels: 3, background: '#a65' } })
    .png()
    .toBuffer();
});
beforeEach(() => {
  out = join(mkdtempSync(join(tmpdir(), 'report-')), 'deep', 'folder');
  vi.stubEnv('PHOENIX_CACHE', join(out, 'without CIFAR-10'));
});
afterEach(() => vi.unstubAllEnvs());

const images = { shape: [1, 32, 32, 3], data: new Uint8Array(32 * 32 * 3) };

const connection = {
  namespace: 'default',
  ui: 'http://127.0.0.1:8233',
  temporal: { address: 'localhost:7233' },
} as ResolvedConnection;

let access: PartialAccess;
vi.mock('../../../cli/access.ts', () => ({
  withWhatThereIs: (body: (access: PartialAccess) => Promise<void>) => body(access),
}));

function blobsOf(known: readonly Run[]): Blobs {
  const rounds = known.flatMap((own) => own.rounds);
  const blobs: Pick<Blobs, 'get' | 'getJson' | 'getTensors'> = {
    getJson: async <T>(wanted: Ref) => rounds.find(({ record }) => record.hash === wanted.hash) as T,
    get: async () => grid,
    getTensors: async () => new Map([['images', images]]),
  };
  return blobs as Blobs;
}

const writerFor = (known: readonly Run[]): ReportWriter =>
  new ReportWriter(out, { client: null, blobs: blobsOf(known), connection });

const page = (): string => readFileSync(join(out, 'index.html'), 'utf8');

describe('files of a report', () => {
  it('are one page, and beside it tables and figures with their data', async () => {
    await writerFor([run]).write({ sweeps: [], documents: [run] }, true);
    expect(readdirSync(out).toSorted()).toEqual([
      'figures',
      'index.html',
      'runs',
      'runs.csv',
      'runs.json',
      'settings.csv',
      'tables.csv',
      'tables.json',
    ]);
    const files = readdirSync(join(out, 'runs', run.run));
    for (const name of ['metrics', 'clients', 'losses', 'classes', 'division']) {
      for (const kind of ['svg', 'png', 'csv', 'json']) expect(files).toContain(`${name}.${kind}`);
    }
    for (const name of ['run.json', 'rounds.csv', 'rounds.json', 'client-rounds.csv'])
      expect(files).toContain(name);
    expect(readFileSync(join(out, 'runs', run.run, 'samples.png'))).toEqual(grid);
    expect(files).toContain('rounds.png');
    expect(readFileSync(join(out, 'runs', run.run, 'rounds.csv'), 'utf8')).toMatch(/^round,.*\r\n0,98\.7,/);
    const data = JSON.parse(readFileSync(join(out, 'runs', run.run, 'run.json'), 'utf8'));
    expect(data).toMatchObject({ run: run.run, weightsHash: run.final!.weightsHash });
    expect(page()).toContain(`http://127.0.0.1:8233/namespaces/default/workflows/${run.run}`);
    expect(readdirSync(out, { recursive: true }).filter((file) => String(file).endsWith('.new'))).toEqual([]);
  });

  it('show a sweep with the cells that have left something', async () => {
    const { ui: _, ...document } = sweep;
    await writerFor(runs).write({ sweeps: [document], documents: runs }, false);
    expect(page()).toContain('Report of example-sweep');
    expect(page()).toContain('α 75 %, seed 2024');
    expect(page()).toContain('http://127.0.0.1:8233/namespaces/default/workflows/sweep%2Fexample-sweep"');
    expect(readFileSync(join(out, 'tables.csv'), 'utf8')).toContain('shared-100-2023 shared-100-2024');
    expect(readFileSync(join(out, 'settings.csv'), 'utf8')).toContain('Samples measured');
  });

  it('are written anew when something has changed, and then only what has', async () => {
    const [one, other] = runs as [Run, Run];
    const writer = writerFor([one, other]);
    const written = (file: string): number => statSync(join(out, file)).mtimeMs;
    const running = {
      ...other,
      state: 'running',
      phase: 'round 3',
      rounds: other.rounds.slice(0, 2),
    } as const;
    await writer.write({ sweeps: [], documents: [one, running] }, false);
    expect(page()).toContain('round 3');
    expect(page()).toContain("'?version'");
    const files = ['index.html', `runs/${one.run}/run.json`, `runs/${other.run}/run.json`];
    const before = files.map(written);

    await writer.write({ sweeps: [], documents: [one, running] }, false);
    expect(files.map(written)).toEqual(before);

    await writer.write({ sweeps: [], documents: [one, other] }, true);
    expect(files.map((file, i) => written(file) > before[i]!)).toEqual([true, false, true]);
    expect(page()).not.toContain('<script');
  });

  it('are not there while the store is away', async () => {
    const writer = new ReportWriter(out, { client: null, blobs: null, connection });
    await expect(writer.write({ sweeps: [], documents: [run] }, true)).rejects.toThrow(BadInput);
    expect(existsSync(out)).toBe(false);
  });
});

describe('a report', () => {
  it('waits for a store that goes away while it is written', async () => {
    const store = new MemoryStore();
    const documents = new RunStore(store);
    await documents.put(run);
    const blobs = blobsOf([run]);
    let asked = 0;
    const get = blobs.get.bind(blobs);
    blobs.get = async (ref) => {
      if (++asked === 1) throw new StoreUnreachable('s3', new Error('ECONNREFUSED'));
      return get(ref);
    };
    access = { client: null, runs: documents, sweeps: new SweepStore(store), blobs, store: null, connection };
    const [said, printed] = [vi.spyOn(console, 'error'), vi.spyOn(console, 'log')].map((spy) =>
      spy.mockImplementation(() => {}),
    );
    await report([run.run], { out, watch: true });
    expect(said!.mock.calls).toEqual([['The store does not answer: waiting for it']]);
    expect(printed!.mock.calls).toEqual([[expect.stringMatching(/^Report  file:.*index\.html$/)]]);
    expect(page()).not.toContain('<script');
    vi.restoreAllMocks();
  });
});
