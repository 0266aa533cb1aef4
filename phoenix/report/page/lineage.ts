/** The way to a run's final weights, and how to check it. */
import type { FinalRecord, FullRun } from '../../federation/records.ts';
import { origin } from '../audit.ts';
import { lineageOf } from '../lineage.ts';
import { html, type Html } from './html.ts';
import { dataTable, hash, type Cell } from './table.ts';

/** Hexadecimal digits of a key: `--recompute` takes the beginning. */
const shown = 12;

export const lineage = (run: FullRun): Html =>
  html`<p>
      Each step is a pure function of what it starts from, and its result is remembered under its key.
      <code>npx phoenix verify ${run.run}</code> checks every object that the run reaches, and with
      <code>--recompute KEY</code> it computes a step again and compares the bytes.
    </p>
    ${dataTable(
      'Lineage of the final weights',
      ['Step', 'Starts from', 'Gives (SHA-256)', 'Step key', 'How'],
      lineageOf(run).map(({ label, from, gives, personal, trace }): Cell[] => [
        label,
        from,
        hash(html`${gives ? gives.hash : '–'}${personal && html`<br />own layers ${personal.hash}`}`),
        trace ? hash(trace.key.slice(0, shown)) : '–',
        trace ? origin(trace) : '–',
      ]),
    )}
    ${
      run.final && html`<p>${finalWeights(run.final)}: <span class="hash">${run.final.weightsHash}</span></p>`
    }
    <p>Settings, SHA-256: <span class="hash">${run.settingsHash}</span></p>`;

const finalWeights = ({ personal }: FinalRecord): string =>
  `Final weights, SHA-256 over the hashes of the last average${personal.length > 0 ? ' and of the clients’ own layers' : ''}`;
