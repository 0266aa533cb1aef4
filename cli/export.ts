/** `phoenix export`: the trained network of a finished run as a folder in diffusers' own format. */
import { resolve } from 'node:path';
import type { FinalRecord, Ref } from '../phoenix/federation/records.ts';
import { expectFree, writeFolder } from '../phoenix/models/diffusers/folder.ts';
import { withAccess } from './access.ts';
import { BadInput } from './errors.ts';
import { printJson } from './json.ts';
import { runNamed } from './names.ts';
import { runDocument } from './runs.ts';

export interface ExportOptions {
  readonly format: 'diffusers';
  readonly out: string;
  readonly client?: number;
  readonly json?: true;
}

export async function exportRun(wanted: string, { format, out, client, json }: ExportOptions): Promise<void> {
  const folder = resolve(out);
  expectFree(folder);
  await withAccess(async (access) => {
    const { client: temporal, runs, blobs } = access;
    const summary = await runNamed(wanted, access);
    const document = await runDocument(summary, temporal, runs);
    if (!document?.final)
      throw new BadInput(`${summary.run} (${summary.state}) has no final weights to export`);
    const { run, settings, final } = document;
    const { model, diffusion, sampling, data } = settings;
    if (diffusion === null)
      throw new BadInput(`${run} has trained a DCGAN, and diffusers has no such network`);
    const parts = await Promise.all(partsOf(run, final, client ?? null).map((ref) => blobs.getTensors(ref)));
    const weights = new Map(parts.flatMap((part) => [...part]));
    writeFolder(folder, { model, diffusion, sampling, imageSize: data.imageSize, weights });
    if (json) printJson({ run, format, client: client ?? null, folder });
    else console.log(`${run}${client === undefined ? '' : `, client ${client}`} is in ${folder}`);
  });
}

/**
 * The blobs that make up a whole network: the global weights, and the client's own block where blocks are personal.
 *
 * @param client whose model; null: the one that belongs to everybody
 * @throws BadInput when there is no such model
 */
export function partsOf(
  run: string,
  { global, personal }: Pick<FinalRecord, 'global' | 'personal'>,
  client: number | null,
): Ref[] {
  const clients = personal.map((own) => own.client).join(', ');
  if (client === null) {
    if (personal.length === 0) return [global];
    throw new BadInput(
      `${run} has personal layers, each client its own, and no whole network belongs to everybody; ` +
        `--client exports a client's: ${clients}`,
    );
  }
  const own = personal.find((each) => each.client === client);
  if (own) return [global, own.ref];
  throw new BadInput(
    personal.length === 0
      ? `all clients of ${run} have one model: leave out --client`
      : `client ${client} of ${run} has no model of its own at the end; there are ${clients}`,
  );
}
