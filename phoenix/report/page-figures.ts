/** Drawn figures inside a page: as wide as there is room, in the page's own colours. */
import { svgOf, type Chart } from './charts/chart.ts';
import { Html, html } from './html.ts';

export interface Figure {
  readonly chart: Chart;
  /** Without a ground of its own. */
  readonly svg: string;
}

export const drawn = (charts: readonly Chart[]): Promise<Figure[]> =>
  Promise.all(charts.map(async (chart) => ({ chart, svg: await svgOf(chart, null) })));

export const figureList = (figures: readonly Figure[]): Html[] =>
  figures.map(
    ({ chart: { title, alt }, svg }) =>
      html`<h2>${title}</h2>
        <div class="scroll figure" tabindex="0" role="region" aria-label="${title}">
          <div role="img" aria-label="${alt}">${new Html(fluid(svg))}</div>
        </div>`,
  );

/** Not shrunk to what cannot be read: on a narrow screen its box scrolls. The description is its box's. */
const fluid = (svg: string): string =>
  svg
    .replace(
      /<svg ([^>]*?)width="([\d.]+)" height="[\d.]+"/,
      '<svg aria-hidden="true" $1style="width:100%;min-width:30rem;max-width:$2px"',
    )
    .replace(/ xmlns(:\w+)?="[^"]*"/g, '');
