/** What is reported: runs, those of a sweep as its cells, what became of each, and what several seeds say together. */
import type { CellProgress, SweepDocument } from '../../federation/sweep.ts';
import { newestMetrics, roundsOf, stateInWords } from '../cell-figures.ts';
import { metricCells } from '../format.ts';
import { groupsOf, type Run } from '../groups.ts';
import { figuresOf } from '../paper-tables.ts';
import { countedCells, countedStates } from '../sweep-table.ts';
import { heading } from './document.ts';
import { html, type Html } from './html.ts';
import { spreadCells } from './paper-table.ts';
import { metricHeader } from './rounds.ts';
import { stateTag } from './run-heading.ts';
import { dataTable, number, wide, type Cell } from './table.ts';

export interface ReportedSweep extends SweepDocument<CellProgress> {
  /** Its address in the Temporal UI, where there is one. */
  readonly ui: string | null;
}

/** @param runs of its cells, as far as they have left something */
export function sweepOverview(sweep: ReportedSweep, runs: readonly Run[]): Html {
  return html`${heading(3, `Sweep ${sweep.name}`, `sweep-${sweep.name}`)}
    <p>
      ${stateTag(sweep.state)}${sweep.paused && ', paused'} · ${countedCells(sweep.cells)}:
      ${countedStates(sweep.cells)}${sweep.ui && html` · <a href="${sweep.ui}">in the Temporal UI</a>`}
    </p>
    ${overviewTable(
      'Cell',
      sweep.cells.map((cell) => ({ ...cell, title: cell.label })),
    )}
    ${overSeeds(runs)}`;
}

export const runsOverview = (runs: readonly Run[]): Html =>
  html`${overviewTable(
    'Run',
    runs.map((document) => ({
      ...document,
      title: document.run,
      rounds: document.settings.federation.rounds,
      document,
    })),
  )}
  ${overSeeds(runs)}`;

type Line = Omit<CellProgress, 'label'> & { readonly title: string };

const overviewTable = (what: 'Cell' | 'Run', lines: readonly Line[]): Html =>
  dataTable(
    `${what}s`,
    [what, wide('State'), number('Rounds'), ...metricHeader],
    lines.map((line): Cell[] => {
      const { title, run, document, failure } = line;
      const { done, total } = roundsOf(line);
      return [
        wide(document ? html`<a href="#${run}">${title}</a>` : title),
        wide(
          html`${stateTag(stateInWords(line))}${failure && html` <span class="failure">${failure.message}</span>`}`,
        ),
        number(`${done} of ${total}`),
        ...metricCells(newestMetrics(line)).map(number),
      ];
    }),
  );

function overSeeds(runs: readonly Run[]): Html | null {
  const repeated = groupsOf(runs).filter((group) => group.runs.length > 1);
  if (repeated.length === 0) return null;
  return html`${heading(4, 'Mean ± standard deviation over seeds')}
  ${dataTable(
    'Mean ± standard deviation over seeds',
    ['Cell', number('Seeds'), ...metricHeader],
    repeated.map((group) => [
      group.cell,
      number(String(group.runs.length)),
      ...spreadCells(figuresOf(group)).map(number),
    ]),
  )}`;
}
