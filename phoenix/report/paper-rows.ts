/** The compared tables, and the settings behind them, as the rows of CSV files. */
import type { Row } from './charts/chart.ts';
import type { ComparedTable } from './paper-tables.ts';

export const tableRows = (tables: readonly ComparedTable[]): Row[] =>
  tables.flatMap(({ number: table, rows }) =>
    rows.flatMap(({ paper, ours }): Row[] => [
      {
        table,
        row: paper.title,
        of: 'paper',
        fid64: paper.fid,
        score: paper.score,
        scoreSplitStd: paper.scoreStd,
        precision: paper.precision,
        recall: paper.recall,
      },
      ...ours.map((own) => ({
        table,
        row: paper.title,
        of: own.runs.map(({ run }) => run).join(' '),
        seeds: own.runs.length,
        fid: own.fid.mean,
        fidStd: own.fid.std,
        fid64: own.narrowFid?.mean ?? null,
        fid64Std: own.narrowFid?.std ?? null,
        score: own.score.mean,
        scoreStd: own.score.std,
        scoreSplitStd: own.splitStd,
        precision: own.precision.mean,
        precisionStd: own.precision.std,
        recall: own.recall.mean,
        recallStd: own.recall.std,
        features: own.seenThrough,
      })),
    ]),
  );

export const settingRows = (tables: readonly ComparedTable[]): Row[] =>
  tables.flatMap(({ number: table, rows }) =>
    rows.flatMap(({ paper: { title: row }, ours }) =>
      ours.flatMap(({ runs, settings }) =>
        settings.map(({ name, ours: own, paper, reading, source }) => ({
          table,
          row,
          of: runs.map(({ run }) => run).join(' '),
          setting: name,
          ours: own,
          paper,
          reading,
          source,
        })),
      ),
    ),
  );
