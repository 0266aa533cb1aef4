/** The classes that samples are taken for, as bars. */
import type { Metrics } from '../federation/records.ts';
import { whole } from './format.ts';
import { html, type Html } from './html.ts';

export function distribution({ classCounts, samples }: Metrics, names: readonly string[]): Html {
  const longest = Math.max(...classCounts);
  const bars = classCounts.map(
    (count, label) =>
      html`<dt>${names[label] ?? String(label)}</dt>
        <dd class="track" aria-hidden="true">
          <span style="width:${((100 * count) / longest).toFixed(1)}%"></span>
        </dd>
        <dd class="n">${whole(count)}</dd> `,
  );
  return html`<h2>Classes of the samples</h2>
    <p class="quiet">
      As the classifier sees them; evenly spread would be ${whole(Math.round(samples / classCounts.length))}
      each.
    </p>
    <dl class="bars">${bars}</dl>`;
}
