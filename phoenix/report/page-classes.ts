/** The classes that samples are taken for, as bars. */
import type { Metrics } from '../federation/records.ts';
import { whole } from './format.ts';
import { html, type Html } from './html.ts';

export function distribution(
  { classCounts, samples, labeller, distanceFromUniform, distanceByChance }: Metrics,
  names: readonly string[],
): Html {
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
      As ${labeller} sees them; evenly spread would be ${whole(Math.round(samples / classCounts.length))}
      each. ${(100 * distanceFromUniform).toFixed(1)} % of them would have to be of another class for that; by
      chance alone it would be ${(100 * distanceByChance).toFixed(1)} %.
    </p>
    <dl class="bars">${bars}</dl>`;
}
