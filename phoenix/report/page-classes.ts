/** What the classes of the samples say. */
import type { Metrics } from '../federation/records.ts';
import { whole } from './format.ts';
import { html, type Html } from './html.ts';

export function distribution({
  classCounts,
  samples,
  labeller,
  distanceFromUniform,
  distanceByChance,
}: Metrics): Html {
  return html`<p class="quiet">
    Classes of the samples as ${labeller} sees them; evenly spread would be
    ${whole(Math.round(samples / classCounts.length))} each. ${(100 * distanceFromUniform).toFixed(1)} % of
    them would have to be of another class for that; by chance alone it would be
    ${(100 * distanceByChance).toFixed(1)} %.
  </p>`;
}
