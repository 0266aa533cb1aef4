/** `phoenix weights add`: published weights, checked, converted and put into the cache; there whole or not at all. */
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { downloadFile, entryFolder, install, remove } from '../infra/setup/cache.mjs';
import { download } from '../infra/setup/download.mjs';
import { withLock } from '../infra/setup/lock.mjs';
import { during, say } from '../infra/setup/progress.mjs';
import { cacheFolder } from '../phoenix/config/environment.ts';
import { OtherNetwork, weightsFromPyTorch } from '../phoenix/models/pytorch-weights.ts';
import {
  hashOf,
  RECORD_FILE,
  WEIGHTS_FILE,
  weightsEntry,
  type WeightsRecord,
} from '../phoenix/models/released-weights.ts';
import { type ReleaseName, type WeightRelease, weightReleases } from '../phoenix/models/weight-releases.ts';
import { encodeSafetensors } from '../phoenix/storage/safetensors.ts';
import { isUnreadable, readWeightFile } from '../phoenix/storage/weight-file.ts';
import { BadInput } from './errors.ts';
import { printJson } from './json.ts';
import { origin, stateOf } from './weights.ts';

export interface AddWeightsOptions {
  /** Take a file that is not the published one, if its names and shapes are right. */
  readonly unverified?: boolean;
  readonly json?: true;
}

/** A checkpoint of LaNet with its optimiser's state is 362 MB. */
const LARGEST = 2 ** 30;

/** @throws BadInput, WrongFile, NotServed, and an error of one line when an address cannot be reached */
export async function addWeights(
  wanted: string,
  source: string,
  { unverified = false, json }: AddWeightsOptions,
): Promise<void> {
  if (!Object.hasOwn(weightReleases, wanted))
    throw new BadInput(
      `${wanted} is unknown; weights can be added of ${Object.keys(weightReleases).join(', ')}`,
    );
  const name = wanted as ReleaseName;
  const waiting = (pid: number) => say(`A set-up is running (process ${pid}); waiting for it`);
  const record = await withLock(cacheFolder(), waiting, () =>
    isAddress(source) ? addFromAddress(name, source, unverified) : addFile(name, resolve(source), unverified),
  );
  if (json) printJson({ name, folder: entryFolder(weightsEntry(name)), ...record });
  else console.log(`${name} is in ${entryFolder(weightsEntry(name))}: ${origin(record)}`);
}

const isAddress = (source: string): boolean => /^https?:/i.test(source);

async function addFromAddress(
  name: ReleaseName,
  address: string,
  unverified: boolean,
): Promise<WeightsRecord> {
  if (!URL.canParse(address)) throw new BadInput(`${address} is no URL`);
  const { known } = weightReleases[name];
  const expected = unverified ? null : known;
  const there = stateOf(name).record;
  if (there && (there.source.from === address || there.source.sha256 === expected?.sha256)) return there;
  const file = downloadFile(weightsEntry(name));
  mkdirSync(dirname(file), { recursive: true });
  try {
    await during(`Downloading ${address}`, (advance) =>
      download(address, file, expected && { sha256: expected.sha256 }, advance, expected?.bytes ?? LARGEST),
    );
    return await addFile(name, file, unverified, address);
  } finally {
    remove(file);
  }
}

/** @param from what the user has named */
async function addFile(
  name: ReleaseName,
  file: string,
  unverified: boolean,
  from = file,
): Promise<WeightsRecord> {
  const release = weightReleases[name];
  const bytes = contentOf(file);
  const source = { from, bytes: bytes.length, sha256: hashOf(bytes) };
  const { state, record: there } = stateOf(name);
  if (there?.source.sha256 === source.sha256) return there;
  if (there) {
    const entry = entryFolder(weightsEntry(name));
    throw new BadInput(
      `${from}: other weights of ${name} are there already (${there.source.from}); remove ${entry} to replace them`,
    );
  }
  const verified = source.sha256 === release.known?.sha256;
  if (!verified && !unverified && release.known)
    throw new BadInput(
      `${from} is not ${release.file} (${source.bytes} bytes, SHA-256 ${source.sha256}; that has ` +
        `${release.known.bytes} bytes, SHA-256 ${release.known.sha256}); --unverified takes it by its names and shapes`,
    );
  const weights = converted(from, bytes, release);
  const record: WeightsRecord = { sha256: hashOf(weights), bytes: weights.length, source, verified };
  if (state === 'damaged') remove(entryFolder(weightsEntry(name)));
  await install(weightsEntry(name), (folder) => {
    writeFileSync(join(folder, WEIGHTS_FILE), weights);
    writeFileSync(join(folder, RECORD_FILE), `${JSON.stringify(record, null, 2)}\n`);
  });
  return record;
}

function contentOf(file: string): Uint8Array {
  try {
    const { size } = statSync(file);
    if (size > LARGEST) throw new BadInput(`${file} has ${size} bytes, and weights have ${LARGEST} at most`);
    return readFileSync(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new BadInput(`${file} cannot be read (${code})`, { cause: error });
  }
}

/** The bytes of `weights.safetensors`. */
function converted(from: string, bytes: Uint8Array, { path, shapes }: WeightRelease): Uint8Array {
  try {
    return encodeSafetensors(weightsFromPyTorch(readWeightFile(bytes, path), shapes));
  } catch (error) {
    if (!isUnreadable(error) && !(error instanceof OtherNetwork)) throw error;
    throw new BadInput(`${from}: ${error.message}`, { cause: error });
  }
}
