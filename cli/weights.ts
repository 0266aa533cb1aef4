/** `phoenix weights`: which weights that are not shipped are known, and which of them are on this machine. */
import { cacheFolder } from '../phoenix/config/environment.ts';
import {
  readReleasedWeights,
  WeightsDamaged,
  WeightsMissing,
  weightsRecord,
  type WeightsRecord,
} from '../phoenix/models/released-weights.ts';
import { releaseNames, weightReleases, type ReleaseName } from '../phoenix/models/weight-releases.ts';
import { printJson } from './json.ts';

export interface WeightsOptions {
  readonly json?: true;
}

export function weights({ json }: WeightsOptions): void {
  const all = releaseNames.map((name) => {
    const { network, file, address, license, known } = weightReleases[name];
    return { name, network, file, address, license, known, ...stateOf(name) };
  });
  if (json) return printJson(all);
  for (const { name, network, license, file, address, state, record } of all) {
    console.log(`${name}: ${network}; ${license}`);
    console.log(`    ${file} of ${address}`);
    console.log(`    ${state}${record ? `: ${origin(record)}` : ''}`);
  }
  if (all.some(({ state }) => state !== 'there'))
    console.log('`npx phoenix weights add NAME FILE|URL` adds what is not there.');
}

/** Of the whole entry: its weights are read. */
export function stateOf(name: ReleaseName): {
  state: 'there' | 'missing' | 'damaged';
  record: WeightsRecord | null;
} {
  try {
    readReleasedWeights(cacheFolder(), name);
    return { state: 'there', record: weightsRecord(cacheFolder(), name) };
  } catch (error) {
    if (error instanceof WeightsMissing) return { state: 'missing', record: null };
    if (error instanceof WeightsDamaged) return { state: 'damaged', record: null };
    throw error;
  }
}

/** Where the weights come from, and how well that was checked. */
export const origin = ({ source, verified }: WeightsRecord): string =>
  `${source.from}, ${source.bytes} bytes, SHA-256 ${source.sha256}, ` +
  (verified ? 'the published file' : 'checked by names and shapes alone');
