/** The files of a report: one page, and beside it tables, figures and the runs' numbers for other programs. */
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { csvOf, pngOf, svgOf, type Chart, type Row } from '../phoenix/report/charts/chart.ts';
import type { Run } from '../phoenix/report/groups.ts';
import type { ComparedTable } from '../phoenix/report/paper-tables.ts';
import { settingRows, tableRows } from '../phoenix/report/paper-rows.ts';
import type { Picture } from '../phoenix/report/pictures.ts';
import { clientRows, roundRows } from '../phoenix/report/run-rows.ts';
import { asData } from './results.ts';

export function writePage(out: string, page: string): void {
  mkdirSync(out, { recursive: true });
  replace(join(out, 'index.html'), page);
}

export function writeTables(out: string, tables: readonly ComparedTable[], overview: readonly Row[]): void {
  mkdirSync(out, { recursive: true });
  writeRows(join(out, 'runs'), overview);
  writeJson(join(out, 'tables.json'), tables);
  replace(join(out, 'tables.csv'), csvOf(tableRows(tables)));
  replace(join(out, 'settings.csv'), csvOf(settingRows(tables)));
}

/** In `runs/RUN`: all that is known of it, its rounds and clients, and its figures. */
export async function writeRun(
  out: string,
  run: Run,
  charts: readonly Chart[],
  pictures: readonly Picture[],
): Promise<void> {
  const folder = join(out, 'runs', run.run);
  await writeFigures(folder, charts, pictures);
  writeJson(join(folder, 'run.json'), asData(run));
  writeRows(join(folder, 'rounds'), roundRows(run));
  writeRows(join(folder, 'client-rounds'), clientRows(run));
}

/** A chart as SVG and PNG with its data beside it. */
export async function writeFigures(
  folder: string,
  charts: readonly Chart[],
  pictures: readonly Picture[],
): Promise<void> {
  mkdirSync(folder, { recursive: true });
  for (const { name, png } of pictures) replace(join(folder, `${name}.png`), png);
  for (const chart of charts) {
    const svg = await svgOf(chart, 'white');
    const file = join(folder, chart.name);
    replace(`${file}.svg`, svg);
    replace(`${file}.png`, await pngOf(svg));
    writeRows(file, chart.rows);
  }
}

function writeRows(file: string, rows: readonly Row[]): void {
  replace(`${file}.csv`, csvOf(rows));
  writeJson(`${file}.json`, rows);
}

const writeJson = (file: string, data: unknown): void => replace(file, JSON.stringify(data, null, 2));

/** An open page never finds half a file. */
function replace(file: string, content: string | Uint8Array): void {
  writeFileSync(`${file}.new`, content);
  renameSync(`${file}.new`, file);
}
