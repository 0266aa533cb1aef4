/** Tables 1 to 5 with our values beside the paper's. */
import { comparedSettings, type ComparedSetting } from './compared-settings.ts';
import { seenThrough } from './format.ts';
import type { Group } from './groups.ts';
import { paperTables, type PaperRow, type PaperTable } from './paper-values.ts';

/** Over seeds; `std` is of a sample (n − 1), null for a single one. */
export interface Spread {
  readonly mean: number;
  readonly std: number | null;
}

export interface OurFigures {
  /** By seed, ascending. */
  readonly runs: readonly { readonly run: string; readonly seed: number }[];
  /** In the layer of the standard, and in the paper's 64 dimensions where the extractor has them. */
  readonly fid: Spread;
  readonly narrowFid: Spread | null;
  readonly score: Spread;
  /** Of the Inception Score over parts of the samples, as the paper has it: the mean of the seeds. */
  readonly splitStd: number;
  readonly precision: Spread;
  readonly recall: Spread;
  readonly seenThrough: string;
  readonly settings: readonly ComparedSetting[];
}

export interface ComparedTable extends Omit<PaperTable, 'rows'> {
  /** `ours` is empty where no run belongs in the row, and has several entries where runs differ in other settings. */
  readonly rows: readonly { readonly paper: PaperRow; readonly ours: readonly OurFigures[] }[];
}

/** Tables in which there is nothing of ours are left out. */
export function comparedTables(groups: readonly Group[]): ComparedTable[] {
  return paperTables
    .map((table) => ({
      ...table,
      rows: table.rows.map((paper) => ({
        paper,
        ours: groups.filter(({ cell }) => cell === paper.cell).map(figuresOf),
      })),
    }))
    .filter(({ rows }) => rows.some(({ ours }) => ours.length > 0));
}

export function figuresOf({ runs }: Group): OurFigures {
  const of = (value: (own: Group['runs'][number]['metrics']) => number): Spread =>
    spread(runs.map(({ metrics }) => value(metrics)));
  const { run, metrics } = runs[0]!;
  return {
    runs: runs.map((one) => ({ run: one.run.run, seed: one.run.settings.seed })),
    fid: of(({ fid }) => fid),
    narrowFid: metrics.paper ? of(({ paper }) => paper!.fid) : null,
    score: of(({ inceptionScore }) => inceptionScore.mean),
    splitStd: of(({ inceptionScore }) => inceptionScore.std).mean,
    precision: of(({ precision }) => precision),
    recall: of(({ recall }) => recall),
    seenThrough: seenThrough(metrics),
    settings: comparedSettings(run, metrics),
  };
}

export function spread(values: readonly number[]): Spread {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  if (values.length < 2) return { mean, std: null };
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, std: Math.sqrt(squares / (values.length - 1)) };
}
