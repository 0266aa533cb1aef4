/** Runs and sweeps as one page: what they are, the paper's tables with our values, the figures that compare them, and each run. */
import { significant } from '../format.ts';
import { cellOf, lastMetrics } from '../groups.ts';
import type { ComparedTable } from '../paper-tables.ts';
import { heading, htmlDocument } from './document.ts';
import { figureList, type Figure } from './figures.ts';
import { html, type Html } from './html.ts';
import { runsOverview, sweepOverview, type ReportedSweep } from './overview.ts';
import { paperTable } from './paper-table.ts';
import { stateTag } from './run-heading.ts';
import { runParts, type ReportedRun } from './run.ts';

export interface Report {
  readonly sweeps: readonly ReportedSweep[];
  /** Each once, those of sweeps too. */
  readonly runs: readonly ReportedRun[];
  readonly tables: readonly ComparedTable[];
  /** Those that compare runs. */
  readonly figures: readonly Figure[];
  /** Of `htmlDocument`. */
  readonly version: string | null;
}

/** @returns the text of an HTML file */
export function reportPage(report: Report): string {
  const titles = titlesOf(report);
  return htmlDocument({
    title: titleOf(report),
    version: report.version,
    contents: contents(report, titles),
    content: html`<h1>${titleOf(report)}</h1>
      ${heading(2, 'What is reported', 'reported')} ${overview(report)}
      ${heading(2, 'The paper’s tables', 'tables')}
      ${
        report.tables.length === 0
          ? html`<p>
              The settings of these runs are in none of the paper’s tables, or none has metrics yet.
            </p>`
          : html`<p class="quiet">
              The paper’s FID is in 64 dimensions, as far as its values tell: FID (64) is what is comparable.
              Where several seeds have run, ours is mean ± standard deviation over them. Of a single seed, and
              in the paper, the deviation of the IS is over parts of the samples.
            </p>`
      }
      ${report.tables.map(paperTable)}
      ${
        report.figures.length > 0 &&
        html`${heading(2, 'Comparison of the runs', 'figures')} ${figureList(report.figures, 3)}`
      }
      ${heading(2, 'Runs', 'runs')} ${report.runs.length === 0 && html`<p>None has left anything yet.</p>`}
      ${report.runs.map((reported) => section(reported, titles, report.runs.length === 1))}`,
  });
}

/** Cells are called what their sweep calls them, the first where several have them. */
function titlesOf({ sweeps, runs }: Report): ReadonlyMap<string, string> {
  const several = sweeps.length > 1;
  const ofCells = sweeps
    .toReversed()
    .flatMap(({ name, cells }) =>
      cells.map(({ run, label }) => [run, several ? `${name}: ${label}` : label] as const),
    );
  return new Map([...runs.map(({ run }) => [run.run, run.run] as const), ...ofCells]);
}

const isInSweep = (run: string, { sweeps }: Report): boolean =>
  sweeps.some(({ cells }) => cells.some((cell) => cell.run === run));

function titleOf(report: Report): string {
  const alone = report.runs.map(({ run }) => run.run).filter((run) => !isInSweep(run, report));
  const names = [
    ...report.sweeps.map(({ name }) => name),
    ...(alone.length > 2 ? [`${alone.length} runs`] : alone),
  ];
  return `Report of ${names.join(', ')}`;
}

function overview(report: Report): Html {
  const runs = report.runs.map(({ run }) => run);
  const alone = runs.filter(({ run }) => !isInSweep(run, report));
  return html`${report.sweeps.map((sweep) =>
    sweepOverview(
      sweep,
      runs.filter(({ run }) => sweep.cells.some((cell) => cell.run === run)),
    ),
  )}
  ${alone.length > 0 && report.sweeps.length > 0 && heading(3, 'Other runs', 'other-runs')}
  ${alone.length > 0 && runsOverview(alone)}`;
}

/** The way to a run leads into its details: a browser opens what holds the place that a link leads to. */
function section(reported: ReportedRun, titles: ReadonlyMap<string, string>, alone: boolean): Html {
  const { run, state, settings } = reported.run;
  const metrics = lastMetrics(reported.run);
  return html`<details class="run" id="${run}-run" ${alone && html` open`}>
    <summary>
      ${heading(3, titles.get(run)!)}
      <span class="quiet"
        >${cellOf(settings)} · ${stateTag(state)}${metrics && ` · FID ${significant(metrics.fid)}`}</span
      >
    </summary>
    <div id="${run}">${runParts(reported, 4)}</div>
  </details>`;
}

function contents({ tables, figures, runs }: Report, titles: ReadonlyMap<string, string>): Html {
  const part = (id: string, title: string, links: readonly (readonly [id: string, title: string])[]): Html =>
    html`<li>
      <a href="#${id}">${title}</a>
      ${
        links.length > 0 &&
        html`<ul>
          ${links.map(([to, text]) => html`<li><a href="#${to}">${text}</a></li>`)}
        </ul>`
      }
    </li>`;
  return html`<ul>
    ${part('reported', 'What is reported', [])}
    ${part(
      'tables',
      'The paper’s tables',
      tables.map((table) => [`table-${table.number}`, `${table.number} ${table.title}`]),
    )}
    ${
      figures.length > 0 &&
      part(
        'figures',
        'Comparison of the runs',
        figures.map(({ name, title }) => [`figure-${name}`, title]),
      )
    }
    ${part(
      'runs',
      'Runs',
      runs.map(({ run }) => [run.run, titles.get(run.run)!]),
    )}
  </ul>`;
}
