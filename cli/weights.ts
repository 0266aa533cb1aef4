/** `phoenix weights`: which weights that are not shipped are known, and which of them are on this machine. */
import { cacheFolder } from '../phoenix/config/environment.ts';
import {
  loadWeights,
  WeightsDamaged,
  WeightsMissing,
  weightsRecord,
  type WeightsRecord,
} from '../phoenix/models/released-weights.ts';
import { releaseNames, weightReleases, type ReleaseName } from '../phoenix/models/weight-releases.ts';
import { textTable } from '../phoenix/report/tables.ts';
import { printJson } from './results.ts';

export interface WeightsOptions {
  readonly json?: true;
}

export function weights({ json }: WeightsOptions): void {
  const all = releaseNames.map((name) => {
    const { network, file, address, license, known } = weightReleases[name];
    return { name, network, file, address, license, known, ...stateOf(name) };
  });
  if (json) return printJson(all);
  for (const { name, network, license, file, address } of all)
    console.log(`${name}: ${network}; ${license}\n    ${file} of ${address}`);
  const rows = all.map(({ name, state, record }) => [name, state, record ? checkedBy(record) : '']);
  console.log(`\n${textTable(['weights', 'state', 'source'], rows)}`);
  if (all.some(({ state }) => state !== 'there'))
    console.log('`npx phoenix weights add NAME FILE|URL` adds them.');
}

/** Of the whole entry: its weights are read. */
export function stateOf(name: ReleaseName): {
  state: 'there' | 'missing' | 'damaged';
  record: WeightsRecord | null;
} {
  try {
    loadWeights(cacheFolder(), name);
    return { state: 'there', record: weightsRecord(cacheFolder(), name) };
  } catch (error) {
    if (error instanceof WeightsMissing) return { state: 'missing', record: null };
    if (error instanceof WeightsDamaged) return { state: 'damaged', record: null };
    throw error;
  }
}

/** What is known of the weights, and how well. */
export const checkedBy = ({ source, verified }: WeightsRecord): string =>
  `${source.from}, ${source.bytes} bytes, SHA-256 ${source.sha256}, ` +
  (verified ? 'the published file' : 'checked by names and shapes alone');
