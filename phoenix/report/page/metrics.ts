/** What the metrics after the last round say. */
import type { Metrics } from '../../federation/metrics.ts';
import { fraction, seenThrough, significant, whole } from '../format.ts';
import { html, type Html } from './html.ts';

/** @param untrained the scale on which they are read */
export function metricsOf(last: Metrics, untrained: Metrics | null): Html {
  const figure = (name: string, text: (metrics: Metrics) => string): Html =>
    html`<li>
      ${name} <b>${text(last)}</b>
      <span class="quiet">${untrained && `untrained ${text(untrained)}`}</span>
    </li>`;
  return html`<ul class="metrics">
      ${figure('FID', ({ fid }) => significant(fid))}
      ${figure('Inception Score', ({ inceptionScore }) => inceptionScore.mean.toFixed(2))}
      ${figure('Precision', ({ precision }) => fraction(precision))}
      ${figure('Recall', ({ recall }) => fraction(recall))}
    </ul>
    <p class="quiet">
      After the last round: ${whole(last.samples)} samples against ${whole(last.referenceImages)} test images.
      ${seenThrough(last)}. Lower is better for FID, higher for the others.
    </p>
    ${last.warnings.map((warning) => html`<p class="quiet">${warning}</p>`)} ${classesOf(last)}`;
}

const classesOf = ({
  classCounts,
  samples,
  labeller,
  distanceFromUniform,
  distanceByChance,
}: Metrics): Html =>
  html`<p class="quiet">
    Classes of the samples as ${labeller} sees them; evenly spread would be
    ${whole(Math.round(samples / classCounts.length))} each. ${(100 * distanceFromUniform).toFixed(1)} % of
    them would have to be of another class for that; by chance alone it would be
    ${(100 * distanceByChance).toFixed(1)} %.
  </p>`;
