/** What a run's clients train on, and what there was before the first round. */
import type { RunDocument } from '../../federation/records.ts';
import { classList, classNamesOf, significant, targetWords, whole } from '../format.ts';
import { html, type Html } from './html.ts';
import { dataTable, number, wide } from './table.ts';

export function dataOf(run: RunDocument): Html {
  const { warmup, classifier } = run;
  const names = classNamesOf(run);
  return html`${dataTable(
    'Data of the clients',
    ['Client', wide('Classes of its own images'), number('Own images'), number('Shared images')],
    run.clients.map(({ id, classes, ownImages, sharedImages }) => [
      `client ${id}`,
      wide(classList(classes, names)),
      number(whole(ownImages)),
      number(whole(sharedImages)),
    ]),
  )}
  ${run.sharedImages > 0 && html`<p>${whole(run.sharedImages)} images are shared by the server.</p>`}
  ${
    warmup &&
    html`<p>
      Warm-up: ${whole(warmup.steps)} steps on ${whole(warmup.examples)} shared images, loss
      ${significant(warmup.firstLoss)} → ${significant(warmup.lastLoss)}${targetWords(warmup)}.
    </p>`
  }
  ${
    classifier &&
    html`<p>
      The classifier whose features the metrics use is right on ${(100 * classifier.testAccuracy).toFixed(1)}
      % of the test images.
    </p>`
  }`;
}
