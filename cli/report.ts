/** `phoenix report`: pages of runs with their figures, and the paper's tables with our values, in a folder. */
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { csvOf, pngOf, svgOf, type Chart } from '../phoenix/report/charts/chart.ts';
import { chartsOf, comparingCharts } from '../phoenix/report/charts/index.ts';
import { groupsOf, type Run } from '../phoenix/report/groups.ts';
import { runPage } from '../phoenix/report/page.ts';
import { drawn } from '../phoenix/report/page-figures.ts';
import { comparedTables } from '../phoenix/report/paper-tables.ts';
import { tableRows } from '../phoenix/report/paper-rows.ts';
import { reportPage } from '../phoenix/report/report-page.ts';
import { loadRounds } from '../phoenix/storage/runs.ts';
import { withWhatThereIs, type PartialAccess } from './access.ts';
import { allSteps } from './audit.ts';
import { BadInput } from './errors.ts';
import { findRun } from './names.ts';
import { addressInUi } from './results.ts';
import { listRuns, runDocument } from './runs.ts';
import { listSweepNames } from './sweeps.ts';

export interface ReportOptions {
  readonly out: string;
  readonly watch?: true;
}

/** Milliseconds between two looks. */
const interval = 5000;

/** @throws BadInput for a run that there is not, or that has left nothing yet */
export async function report(wanted: readonly string[], { out, watch }: ReportOptions): Promise<void> {
  await withWhatThereIs(async (access) => {
    for (let written = ''; ; await delay(interval)) {
      const runs = await loadRuns(wanted, access);
      const running = runs.some(({ state }) => state === 'running');
      const watched = Boolean(watch) && running;
      const state = runs.map((run) => `${run.run} ${run.state} ${run.phase} ${run.rounds.length}`).join('\n');
      if (state !== written) {
        await writeReport(runs, out, watched, access);
        if (written === '') console.log(`Report  ${pathToFileURL(join(out, 'index.html')).href}`);
        written = state;
      }
      if (!watched) return;
    }
  });
}

async function loadRuns(
  wanted: readonly string[],
  { client, runs, sweeps, blobs }: PartialAccess,
): Promise<Run[]> {
  const all = await listRuns(client, runs);
  const names = await listSweepNames(client, sweeps);
  const summaries = new Set(wanted.map((name) => findRun(name, all, names)));
  const loaded: Run[] = [];
  for (const summary of summaries) {
    const document = await runDocument(summary, client, runs);
    if (!document || !blobs)
      throw new BadInput(`${summary.run} (${summary.state}) has left no results to report`);
    loaded.push(await loadRounds(blobs, document));
  }
  return loaded;
}

/** @param watched the pages load themselves anew */
export async function writeReport(
  runs: readonly Run[],
  out: string,
  watched: boolean,
  access: PartialAccess,
): Promise<void> {
  mkdirSync(out, { recursive: true });
  const groups = groupsOf(runs);
  const tables = comparedTables(groups);
  const comparing = comparingCharts(groups);
  await writeCharts(join(out, 'figures'), comparing);
  replace(join(out, 'tables.json'), JSON.stringify(tables, null, 2));
  replace(join(out, 'tables.csv'), csvOf(tableRows(tables)));
  for (const run of runs) await writeRun(run, out, watched, access);
  replace(join(out, 'index.html'), reportPage({ runs, tables, figures: await drawn(comparing), watched }));
}

async function writeRun(
  run: Run,
  out: string,
  watched: boolean,
  { client, blobs, connection }: PartialAccess,
): Promise<void> {
  const charts = chartsOf(run, await allSteps(run, blobs!, client));
  await writeCharts(join(out, 'figures', run.run), charts);
  const grid = run.final && (await blobs!.get(run.final.grid));
  if (grid) replace(join(out, 'figures', run.run, 'samples.png'), grid);
  const ui = addressInUi(run.run, connection);
  replace(join(out, `${run.run}.html`), runPage(run, { grid, figures: await drawn(charts), ui, watched }));
}

async function writeCharts(folder: string, charts: readonly Chart[]): Promise<void> {
  mkdirSync(folder, { recursive: true });
  for (const chart of charts) {
    const svg = await svgOf(chart, 'white');
    const file = join(folder, chart.name);
    replace(`${file}.svg`, svg);
    replace(`${file}.png`, await pngOf(svg));
    replace(`${file}.csv`, csvOf(chart.rows));
    replace(`${file}.json`, JSON.stringify(chart.rows, null, 2));
  }
}

/** An open page never finds half a file. */
function replace(file: string, content: string | Uint8Array): void {
  writeFileSync(`${file}.new`, content);
  renameSync(`${file}.new`, file);
}
