/** Everything that a page says of one run: alone on its page, or as a part of a report. */
import { stringify } from 'yaml';
import { lastMetrics, type Run } from '../groups.ts';
import { artifactsTable } from './artifacts.ts';
import { dataOf } from './data.ts';
import { heading } from './document.ts';
import { figureList, type Figure } from './figures.ts';
import { html, type Html } from './html.ts';
import { lineage } from './lineage.ts';
import { metricsOf } from './metrics.ts';
import { clientsTable, roundsTable } from './rounds.ts';
import { standing } from './run-heading.ts';

export interface ReportedRun {
  readonly run: Run;
  /** Pictures of samples, as far as there are any yet, and charts. */
  readonly figures: readonly Figure[];
  /** The run in the Temporal UI, where there is one. */
  readonly ui: string | null;
}

/** @param level of the headings of its parts */
export function runParts({ run, figures, ui }: ReportedRun, level: number): Html {
  const metrics = lastMetrics(run);
  const id = (part: string): string => `${run.run}-${part}`;
  const folded = (part: string, title: string, content: Html): Html =>
    html`<details id="${id(part)}">
      <summary>${heading(level, title)}</summary>
      ${content}
    </details>`;
  const hasBegun = run.rounds.length > 0;
  return html`${standing(run, ui)} ${metrics && metricsOf(metrics, run.untrained)}
  ${hasBegun && html`${heading(level, 'Rounds', id('rounds'))} ${roundsTable(run)}`}
  ${figureList(figures, level, `${run.run}-`)} ${heading(level, 'Data', id('data'))} ${dataOf(run)}
  ${hasBegun && folded('clients', 'Clients in each round', clientsTable(run))}
  ${folded('lineage', 'Lineage of the final weights', lineage(run))}
  ${folded('objects', 'Other objects in the store', artifactsTable(run))}
  ${folded('settings', 'Settings', html`<pre tabindex="0">${stringify(run.settings)}</pre>`)}`;
}
