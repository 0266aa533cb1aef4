/** The compared tables as the rows of one CSV file. */
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
        precision: paper.precision,
        recall: paper.recall,
      },
      ...ours.map((own) => ({
        table,
        row: paper.title,
        of: own.runs.join(' '),
        seeds: own.runs.length,
        fid: own.fid.mean,
        fidStd: own.fid.std,
        fid64: own.narrowFid?.mean ?? null,
        fid64Std: own.narrowFid?.std ?? null,
        score: own.score.mean,
        scoreStd: own.score.std,
        precision: own.precision.mean,
        precisionStd: own.precision.std,
        recall: own.recall.mean,
        recallStd: own.recall.std,
        scale: own.scale,
        features: own.seenThrough,
      })),
    ]),
  );
