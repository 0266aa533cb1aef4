/** `phoenix sample`: new images from the trained models of a finished run, as PNG files. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Experiment } from '../phoenix/config/schema.ts';
import { deriveSeed } from '../phoenix/config/seeds.ts';
import { apportion } from '../phoenix/federation/apportion.ts';
import type { FinalRecord, Ref, RunDocument } from '../phoenix/federation/records.ts';
import { png } from '../phoenix/report/grid.ts';
import type { Blobs } from '../phoenix/storage/blobs.ts';
import type { Tensors } from '../phoenix/storage/safetensors.ts';
import { withAccess } from './access.ts';
import { displayOn } from './display.ts';
import { BadInput } from './errors.ts';
import { printJson } from './json.ts';
import { runNamed } from './names.ts';
import { runDocument } from './runs.ts';

export interface SampleOptions {
  readonly count: number;
  readonly out: string;
  readonly json?: true;
}

type FinishedRun = RunDocument<Experiment> & { readonly final: FinalRecord };

export async function sample(wanted: string, { count, out, json }: SampleOptions): Promise<void> {
  await withAccess(async (access) => {
    const { client, runs, blobs } = access;
    const summary = await runNamed(wanted, access);
    const run = await runDocument(summary, client, runs);
    if (!run?.final)
      throw new BadInput(`${summary.run} (${summary.state}) has no final weights to sample from`);
    const folder = resolve(out);
    mkdirSync(folder, { recursive: true });
    const size = run.settings.data.imageSize;
    const images = await draw({ ...run, final: run.final }, blobs, count, displayOn(process.stderr));
    const files: string[] = [];
    for (let i = 0; i < count; i++) {
      const image = images.subarray(i * size * size * 3, (i + 1) * size * size * 3);
      const file = join(folder, `sample-${String(i + 1).padStart(String(count).length, '0')}.png`);
      writeFileSync(file, await png(image, size, size));
      files.push(file);
    }
    if (json) printJson({ run: run.run, imageSize: size, files });
    else console.log(`${count} images of ${size} × ${size} pixels are in ${folder}`);
  });
}

/** @returns uint8 [count, size, size, 3], each model's images together */
async function draw(
  run: FinishedRun,
  blobs: Blobs,
  count: number,
  display: ReturnType<typeof displayOn>,
): Promise<Uint8Array> {
  const { model, diffusion, sampling, data, seed } = run.settings;
  const { samplerFor } = await import('../phoenix/models/networks.ts');
  const sampler = samplerFor({ model, diffusion, sampling, imageSize: data.imageSize });
  const base = await blobs.getTensors(run.final.global);
  const parts: Uint8Array[] = [];
  for (const share of sharesOf(run, count)) {
    const own: Tensors = share.personal ? await blobs.getTensors(share.personal) : new Map();
    sampler.load(new Map([...base, ...own]));
    const label = share.client === null ? 'samples' : `samples of client ${share.client}'s model`;
    const step = { label, isRunning: true, total: share.samples, loss: null, attempt: 1, lastFailure: null };
    const stream = deriveSeed(seed, 'sample', share.client ?? 'all');
    parts.push(
      await sampler.sample(share.samples, stream, (done) =>
        display.open([{ ...step, done: Math.floor(done) }]),
      ),
    );
  }
  display.close();
  sampler.dispose();
  return Buffer.concat(parts);
}

interface ModelShare {
  readonly client: number | null;
  readonly personal: Ref | null;
  readonly samples: number;
}

/** Where blocks are personal there is no one model: every client's own gives its share, by its number of images. */
export function sharesOf(
  { final, clients: all }: Pick<FinishedRun, 'final' | 'clients'>,
  count: number,
): ModelShare[] {
  if (final.personal.length === 0) return [{ client: null, personal: null, samples: count }];
  const clients = final.personal.map(({ client }) => {
    const { ownImages, sharedImages } = all[client]!;
    return { client, examples: ownImages + sharedImages };
  });
  const personal = new Map(final.personal.map(({ client, ref }) => [client, ref]));
  return apportion(count, clients)
    .filter(({ samples }) => samples > 0)
    .map((share) => ({ ...share, personal: personal.get(share.client)! }));
}
