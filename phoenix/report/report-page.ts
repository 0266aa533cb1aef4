/** Several runs side by side: the paper's tables with our values, the figures that compare runs, and the way to each run's page. */
import { fraction, significant } from './format.ts';
import type { Run } from './groups.ts';
import { html, type Html } from './html.ts';
import { figureList, type Figure } from './page-figures.ts';
import { reload, style } from './page-style.ts';
import { dataTable, number, wide, type Cell } from './page-table.ts';
import type { ComparedTable, OurFigures, Spread } from './paper-tables.ts';
import type { PaperRow } from './paper-values.ts';

export interface Report {
  readonly runs: readonly Run[];
  readonly tables: readonly ComparedTable[];
  readonly figures: readonly Figure[];
  /** The page loads itself anew from time to time. */
  readonly watched: boolean;
}

/** @returns the text of an HTML file; the runs' pages are `RUN.html` beside it */
export function reportPage({ runs, tables, figures, watched }: Report): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Report · Phoenix</title>
        <style>
          ${style}
        </style>
        ${watched && reload}
      </head>
      <body>
        <main>
          <h1>Report</h1>
          ${
            tables.length === 0 &&
            html`<p>
              The settings of these runs are in none of the paper’s tables, or none has metrics yet.
            </p>`
          }
          ${tables.map(tableOf)} ${figureList(figures)}
          <h2>Runs</h2>
          <ul>
            ${runs.map(({ run, state }) => html`<li><a href="${run}.html">${run}</a>, ${state}</li>`)}
          </ul>
        </main>
      </body>
    </html> `.text;
}

function tableOf({ number: n, title, note, rows }: ComparedTable): Html {
  const name = `Table ${n}: ${title}`;
  const scales = new Set(rows.flatMap(({ ours }) => ours.map((own) => `${own.scale}. ${own.seenThrough}.`)));
  return html`<h2>${name}</h2>
    ${dataTable(
      name,
      ['Row', 'Of', ...['FID', 'FID (64)', 'IS', 'Precision', 'Recall'].map(number), number('Seeds')],
      rows.flatMap(({ paper, ours }) => [paperCells(paper), ...ours.map(ourCells)]),
    )}
    ${note && html`<p class="quiet">${note}</p>`}
    <p class="quiet">Where several seeds have run: mean ± standard deviation. Ours were made with:</p>
    <ul class="quiet">
      ${[...scales].map((scale) => html`<li>${scale}</li>`)}
    </ul>`;
}

const paperCells = ({ title, fid, score, scoreStd, precision, recall }: PaperRow): Cell[] => [
  title,
  'paper',
  ...[
    '–',
    String(fid),
    scoreStd === null ? String(score) : `${score} ± ${scoreStd}`,
    String(precision),
    String(recall),
    '',
  ].map(number),
];

const ourCells = ({ runs, fid, narrowFid, score, precision, recall }: OurFigures): Cell[] => [
  wide(runs.join(', ')),
  'ours',
  ...[
    spreadText(fid, significant),
    narrowFid ? spreadText(narrowFid, significant) : '–',
    spreadText(score, (value) => value.toFixed(2)),
    spreadText(precision, fraction),
    spreadText(recall, fraction),
    String(runs.length),
  ].map(number),
];

const spreadText = ({ mean, std }: Spread, text: (value: number) => string): string =>
  std === null ? text(mean) : `${text(mean)} ± ${text(std)}`;
