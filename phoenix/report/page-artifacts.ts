/** The hashes of everything that a run left, by which its numbers can be checked. */
import type { FullRun } from '../federation/records.ts';
import { artifactsOf } from './artifacts.ts';
import { whole } from './format.ts';
import { html, type Html } from './html.ts';
import { dataTable, number } from './page-table.ts';

export function artifacts(run: FullRun): Html {
  const all = artifactsOf(run);
  return html`<h2>What can be checked</h2>
    ${run.final && html`<p>Final weights: <span class="hash">${run.final.weightsHash}</span></p>`}
    <p>Settings: <span class="hash">${run.settingsHash}</span></p>
    ${
      all.length > 0
        ? html`<details>
            <summary>${whole(all.length)} objects in the store, by SHA-256</summary>
            ${dataTable(
              'Objects in the store',
              ['Object', 'SHA-256', number('Bytes')],
              all.map(({ name, ref }) => [
                name,
                html`<span class="hash">${ref.hash}</span>`,
                number(whole(ref.bytes)),
              ]),
            )}
          </details>`
        : null
    }`;
}
