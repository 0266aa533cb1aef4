/** Charts and pictures inside a page: as wide as there is room, charts in the page's own colours. */
import sharp from 'sharp';
import { svgOf, type Chart } from '../charts/chart.ts';
import type { Picture } from '../pictures.ts';
import { heading } from './document.ts';
import { Html, html } from './html.ts';
import { scrollBox } from './table.ts';

export interface Figure extends Pick<Chart, 'name' | 'title' | 'alt'> {
  readonly note?: string | undefined;
  readonly content: Html;
}

/** In the order in which they are shown. */
export const drawn = (charts: readonly Chart[], pictures: readonly Picture[] = []): Promise<Figure[]> =>
  Promise.all([...pictures.map(pictureFigure), ...charts.map(chartFigure)]);

async function chartFigure(chart: Chart): Promise<Figure> {
  const { name, title, alt, note } = chart;
  const svg = new Html(fluid(await svgOf(chart, null)));
  const content = scrollBox(title, html`<div role="img" aria-label="${alt}">${svg}</div>`);
  return { name, title, alt, note, content };
}

/** With a little loss, in a third of the bytes of the PNG file, which is beside the page. */
async function pictureFigure({ name, title, alt, note, png }: Picture): Promise<Figure> {
  const webp = await sharp(png).webp({ quality: 75, smartSubsample: true }).toBuffer();
  const source = `data:image/webp;base64,${webp.toString('base64')}`;
  return { name, title, alt, note, content: html`<img class="picture" alt="${alt}" src="${source}" />` };
}

/**
 * @param level of their headings
 * @param owner what their ids begin with, where there are several lists of figures on a page
 */
export const figureList = (figures: readonly Figure[], level: number, owner = ''): Html[] =>
  figures.map(
    ({ name, title, note, content }) =>
      html`<figure>
        <figcaption>${heading(level, title, `${owner}figure-${name}`)}</figcaption>
        ${content}${note && html`<p class="quiet">${note}</p>`}
      </figure>`,
  );

/** Not shrunk to what cannot be read, nor blown up: on a narrow screen its box scrolls. The description is its box's. */
const fluid = (svg: string): string =>
  svg
    .replace(
      /<svg ([^>]*?)width="([\d.]+)" height="[\d.]+"/,
      '<svg aria-hidden="true" style="min-width:min(30rem,$2px);max-width:$2px" $1',
    )
    .replace(/ xmlns(:\w+)?="[^"]*"/g, '');
