/** What is said of a run before its numbers: what it is, how it is going or ended, and what makes it unlike others. */
import type { Experiment } from '../../config/schema.ts';
import type { RunDocument } from '../../federation/records.ts';
import { LAYERS_LEFT, layersLeft } from '../../federation/summary.ts';
import { duration, instant } from '../format.ts';
import { networkName } from '../network.ts';
import { html, type Html } from './html.ts';

/** @param ui its address in the Temporal UI, where there is one */
export function standing(run: RunDocument<Experiment>, ui: string | null): Html {
  const took = run.finishedAt && duration(Date.parse(run.finishedAt) - Date.parse(run.startedAt));
  return html`<p class="quiet">Run <code>${run.run}</code> · ${networkName(run.settings.model)}</p>
    <p>
      ${stateTag(run.state)}${run.phase === run.state ? '' : ` · ${run.phase}`}
      <span class="quiet">
        · started
        <time datetime="${run.startedAt}">${instant(run.startedAt)}</time>${took && `, took ${took}`}</span
      >${ui && html` · <a href="${ui}">in the Temporal UI</a>`}
    </p>
    ${run.failure && html`<p class="failure">${run.failure.message}</p>`}
    ${run.forkedFrom && html`<p>Forked after round ${run.forkedFrom.round} of <code>${run.forkedFrom.run}</code></p>`}
    ${layersLeft(run) && html`<p>${LAYERS_LEFT}.</p>`}
    ${run.steered && html`<p>Changed by hand while it ran, so that its settings alone would give something else:</p>`}
    ${run.timingDependent && html`<p>Clients missed a deadline: who took part in a round was a matter of time.</p>`}
    ${
      run.steering.length > 0 &&
      html`<ul>
        ${run.steering.map(({ at, effect }) => html`<li>${instant(at)} ${effect}</li>`)}
      </ul>`
    }`;
}

export const stateTag = (state: string): Html => html`<span class="state ${state}">${state}</span>`;
