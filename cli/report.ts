/** `phoenix report`: runs and sweeps as one page with their figures, and the paper's tables with our values, in a folder. */
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { cifar10Folder } from '../phoenix/config/environment.ts';
import type { Experiment } from '../phoenix/config/schema.ts';
import { DataSets } from '../phoenix/data/data-source.ts';
import type { RunDocument } from '../phoenix/federation/records.ts';
import { chartsOf, comparingCharts } from '../phoenix/report/charts/index.ts';
import { groupsOf } from '../phoenix/report/groups.ts';
import { drawn } from '../phoenix/report/page/figures.ts';
import { reportPage } from '../phoenix/report/page/report-page.ts';
import type { ReportedRun } from '../phoenix/report/page/run.ts';
import { comparedTables } from '../phoenix/report/paper-tables.ts';
import { comparingPictures, picturesOf } from '../phoenix/report/pictures.ts';
import { divisionOfRun, type Sources } from '../phoenix/report/run-images.ts';
import { overviewRows } from '../phoenix/report/run-rows.ts';
import { sha256Hex } from '../phoenix/storage/canonical-json.ts';
import { loadRounds } from '../phoenix/storage/runs.ts';
import { sweepId } from '../workflows/labels.ts';
import { withWhatThereIs, type PartialAccess } from './access.ts';
import { allSteps } from './audit.ts';
import { BadInput } from './errors.ts';
import { interruption } from './interrupt.ts';
import { patiently } from './patience.ts';
import { writeFigures, writePage, writeRun, writeTables } from './report-files.ts';
import { subjectsNamed, type Subjects } from './report-subjects.ts';
import { addressInUi } from './results.ts';

export interface ReportOptions {
  readonly out: string;
  readonly watch?: true;
}

/** Milliseconds between two looks. */
const interval = 5000;

/**
 * With `watch`, writes it anew as rounds finish, until all is over or Ctrl-C.
 *
 * @throws BadInput for what there is not, or that has left nothing yet
 */
export async function report(wanted: readonly string[], { out, watch }: ReportOptions): Promise<void> {
  await withWhatThereIs(async (access) => {
    const { address } = access.connection.temporal;
    const writer = new ReportWriter(out, access);
    const look = await subjectsNamed(wanted, access);
    const signal = watch ? interruption() : new AbortController().signal;
    let subjects = null as Subjects | null;
    const lookAndWrite = async (): Promise<boolean> => {
      subjects = await look();
      const isOver = !watch || !goesOn(subjects);
      await writer.write(subjects, isOver);
      return isOver;
    };
    for (let isFirst = true; !signal.aborted; isFirst = false) {
      const isOver = await patiently(address, lookAndWrite, signal, console.error);
      if (isOver !== null && isFirst) console.log(`Report  ${pathToFileURL(join(out, 'index.html')).href}`);
      if (isOver) return;
      await delay(interval, undefined, { signal }).catch(() => {});
    }
    // Nobody looks any more: the page says once again what was known, and stops looking for others.
    if (subjects) await writer.write(subjects, true);
  });
}

const goesOn = ({ sweeps, documents }: Subjects): boolean =>
  [...sweeps, ...documents].some(({ state }) => state === 'running');

type Access = Pick<PartialAccess, 'client' | 'blobs' | 'connection'>;

/** Writes what has changed since it wrote last. */
export class ReportWriter {
  readonly #out: string;
  readonly #access: Access;
  /** Null while the store cannot be reached. */
  readonly #sources: Sources | null;
  readonly #runs = new Map<string, { stamp: string; reported: ReportedRun }>();
  #version = '';

  constructor(out: string, access: Access) {
    this.#out = out;
    this.#access = access;
    const { blobs } = access;
    this.#sources = blobs && { blobs, data: new DataSets(cifar10Folder(), blobs) };
  }

  /** @param isLast the page does not look for a newer one */
  async write({ sweeps, documents }: Subjects, isLast: boolean): Promise<void> {
    const version = sha256Hex(JSON.stringify({ sweeps, documents, isLast }));
    if (version === this.#version) return;
    const runs: ReportedRun[] = [];
    for (const document of documents) runs.push(await this.#run(document));
    const full = runs.map(({ run }) => run);
    const groups = groupsOf(full);
    const tables = comparedTables(groups);
    const comparing = comparingCharts(groups);
    writeTables(this.#out, tables, overviewRows(sweeps, full));
    const pictures = this.#sources ? await comparingPictures(groups, this.#sources) : [];
    await writeFigures(join(this.#out, 'figures'), comparing, pictures);
    const figures = await drawn(comparing, pictures);
    const { connection } = this.#access;
    const reported = sweeps.map((sweep) => ({ ...sweep, ui: addressInUi(sweepId(sweep.name), connection) }));
    const content = { sweeps: reported, runs, tables, figures, version: isLast ? null : version };
    writePage(this.#out, reportPage(content));
    this.#version = version;
  }

  async #run(document: RunDocument<Experiment>): Promise<ReportedRun> {
    const { client, connection } = this.#access;
    const sources = this.#sources;
    if (!sources) throw new BadInput(`the store has the rounds of ${document.run}, and cannot be reached`);
    const stamp = sha256Hex(JSON.stringify(document));
    const known = this.#runs.get(document.run);
    if (known?.stamp === stamp) return known.reported;
    const run = await loadRounds(sources.blobs, document);
    const steps = await allSteps(run, sources.blobs, client);
    const charts = chartsOf(run, steps, await divisionOfRun(run, sources));
    const pictures = await picturesOf(run, sources);
    await writeRun(this.#out, run, charts, pictures);
    const reported = { run, figures: await drawn(charts, pictures), ui: addressInUi(run.run, connection) };
    this.#runs.set(document.run, { stamp, reported });
    return reported;
  }
}
