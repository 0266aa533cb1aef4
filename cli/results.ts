/** The results of a run: tables on the terminal, a page and a picture in the state folder, and where to look. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ResolvedConnection } from '../infra/stack/connection.ts';
import { cifar10Folder, stateFolder } from '../phoenix/config/environment.ts';
import type { Experiment } from '../phoenix/config/schema.ts';
import { DataSets } from '../phoenix/data/data-source.ts';
import type { FullRun, RunDocument } from '../phoenix/federation/records.ts';
import { LAYERS_LEFT, layersLeft } from '../phoenix/federation/summary.ts';
import { trafficOf } from '../phoenix/federation/traffic.ts';
import { artifactsOf } from '../phoenix/report/artifacts.ts';
import { chartsOf } from '../phoenix/report/charts/index.ts';
import { instant, seenThrough } from '../phoenix/report/format.ts';
import { networkName } from '../phoenix/report/network.ts';
import { drawn } from '../phoenix/report/page/figures.ts';
import { runPage } from '../phoenix/report/page/run-page.ts';
import { samplesPicture } from '../phoenix/report/pictures.ts';
import { divisionOfRun } from '../phoenix/report/run-images.ts';
import { clientsTable, roundsTable } from '../phoenix/report/tables.ts';
import type { Blobs } from '../phoenix/storage/blobs.ts';
import { loadRounds } from '../phoenix/storage/runs.ts';

/** The run as `--json` prints it: with its rounds in full where they are loaded. */
export const asData = (run: RunDocument | FullRun) => ({
  ...run,
  weightsHash: run.final?.weightsHash ?? null,
  artifacts: artifactsOf(run).map(({ name, ref }) => ({ name, ...ref })),
  ...(isFull(run) && {
    traffic: trafficOf(run).map((clients, i) => ({ round: run.rounds[i]!.round, clients })),
  }),
});

const isFull = (run: RunDocument | FullRun): run is FullRun =>
  run.rounds.every((round) => 'clients' in round);

/** @param blobs null while the store cannot be reached: then there is no page and no picture, and no word on clients */
export async function printResults(
  run: RunDocument<Experiment>,
  blobs: Blobs | null,
  connection: ResolvedConnection,
): Promise<void> {
  const full = blobs && (await loadRounds(blobs, run));
  const files = blobs && full && (await writeFiles(full, blobs, connection));
  const phase = run.phase === run.state ? '' : ` (${run.phase})`;
  console.log(`\n${run.run}: ${run.state}${phase}\n${networkName(run.settings.model)}\n`);
  if (run.failure) console.log(`${run.failure.message}\n`);
  if (layersLeft(run)) console.log(`${LAYERS_LEFT}\n`);
  if (run.timingDependent) console.log('Clients missed a deadline: who took part was a matter of time\n');
  for (const { at, effect } of run.steering) console.log(`${instant(at)}  ${effect}`);
  for (const table of [roundsTable(run), full && clientsTable(full)]) if (table) console.log(table);
  if (run.untrained) console.log(`${seenThrough(run.untrained)}\n`);
  if (run.final) console.log(`Final weights  ${run.final.weightsHash}`);
  if (files) console.log(`Page           ${pathToFileURL(files.page).href}`);
  if (files?.grid) console.log(`Sample grid    ${shown(files.grid)}`);
  const ui = addressInUi(run.run, connection);
  if (ui) console.log(`Temporal UI    ${ui}`);
}

/** A workflow in the Web UI of the local stack; null where another Temporal is used. */
export const addressInUi = (workflow: string, { ui, namespace }: ResolvedConnection): string | null =>
  ui && `${ui}/namespaces/${namespace}/workflows/${encodeURIComponent(workflow)}`;

async function writeFiles(
  run: FullRun<Experiment>,
  blobs: Blobs,
  connection: ResolvedConnection,
): Promise<{ page: string; grid: string | null }> {
  const folder = join(stateFolder(), 'runs', run.run);
  mkdirSync(folder, { recursive: true });
  const png = run.final && (await blobs.get(run.final.grid));
  const [page, grid] = [join(folder, 'index.html'), join(folder, 'samples.png')];
  const division = await divisionOfRun(run, { blobs, data: new DataSets(cifar10Folder(), blobs) });
  const figures = await drawn(chartsOf(run, [], division), png ? [samplesPicture(png)] : []);
  writeFileSync(page, runPage({ run, figures, ui: addressInUi(run.run, connection) }));
  if (png) writeFileSync(grid, png);
  return { page, grid: png && grid };
}

/** Relative where that is shorter. */
const shown = (file: string): string => {
  const path = relative('.', file);
  return path.startsWith('..') ? file : path;
};
