/** One of the paper's tables, our values beside the paper's, and the settings that differ. */
import { differencesOf } from '../compared-settings.ts';
import { fraction, significant } from '../format.ts';
import type { ComparedTable, OurFigures, Spread } from '../paper-tables.ts';
import type { PaperRow } from '../paper-values.ts';
import { heading } from './document.ts';
import { html, type Html } from './html.ts';
import { metricHeader } from './rounds.ts';
import { dataTable, groupedTable, number, wide, type Cell } from './table.ts';

export function paperTable({ number: n, title, note, rows }: ComparedTable): Html {
  const name = `Table ${n}: ${title}`;
  const ways = new Set(rows.flatMap(({ ours }) => ours.map(({ seenThrough }) => seenThrough)));
  return html`${heading(3, name, `table-${n}`)}
  ${groupedTable(
    name,
    ['Row', 'Of', ...metricHeader],
    rows.map(({ paper, ours }) => [paperCells(paper), ...ours.map(ourCells)]),
  )}
  ${note && html`<p class="quiet">${note}</p>`}
  ${[...ways].map((way) => html`<p class="quiet">Ours: ${way}.</p>`)} ${differences(name, rows)}`;
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
  ].map(number),
];

const ourCells = (figures: OurFigures): Cell[] => [
  html`<b>ours</b>, seed
    ${figures.runs.map(({ run, seed }, i) => html`${i > 0 && ', '}<a href="#${run}" title="${run}">${seed}</a>`)}`,
  ...spreadCells(figures).map(number),
];

/** Under the titles of `metricCells`: mean ± standard deviation over the seeds, which of a single one only the Inception Score has. */
export const spreadCells = ({ fid, narrowFid, score, splitStd, precision, recall }: OurFigures): string[] => [
  spreadText(fid, significant),
  narrowFid ? spreadText(narrowFid, significant) : '–',
  spreadText({ ...score, std: score.std ?? splitStd }, (value) => value.toFixed(2)),
  spreadText(precision, fraction),
  spreadText(recall, fraction),
];

/** The deviation has as many decimals as the mean. */
function spreadText({ mean, std }: Spread, text: (value: number) => string): string {
  const shown = text(mean);
  return std === null ? shown : `${shown} ± ${std.toFixed(shown.split('.')[1]?.length ?? 0)}`;
}

function differences(name: string, rows: ComparedTable['rows']): Html {
  const filled = rows.flatMap(({ paper: { title }, ours }) =>
    ours.map(({ settings }) => ({ title, settings })),
  );
  const { lines, same } = differencesOf(filled);
  const titles = new Set(filled.map(({ title }) => title));
  return html`${heading(4, 'Settings that differ')}
  ${dataTable(
    `Settings behind ${name} that differ`,
    ['Setting', wide('Ours'), wide('The paper’s'), 'Section', wide('Rows')],
    lines.map(({ setting: { name: what, ours, paper, reading, source }, rows: own }) => [
      wide(what),
      wide(ours),
      wide(html`${paper}${reading && html` <span class="quiet">(${reading})</span>`}`),
      source ?? '–',
      wide(own.size === titles.size ? 'all' : [...own].join(', ')),
    ]),
  )}
  ${same.length > 0 && html`<p class="quiet">As in the paper: ${same.map((what) => what.toLowerCase()).join(', ')}.</p>`}`;
}
