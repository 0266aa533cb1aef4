/** An HTML file that needs nothing but itself. */
import { html, type Html } from './html.ts';
import { refresh } from './refresh.ts';
import { style } from './style.ts';

export interface PageDocument {
  readonly title: string;
  /** Links to the parts of a long page, beside them where there is room. */
  readonly contents?: Html | null;
  readonly content: Html;
  /** Of a page that is written anew while somebody may read it: what tells this one from the next; null for the last one. */
  readonly version?: string | null;
}

/** @returns the text of the file */
export function htmlDocument({ title, contents, content, version }: PageDocument): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        ${version && refresh(version)}
        <title>${title} · Phoenix</title>
        <style>
          ${style}
        </style>
      </head>
      <body>
        ${
          contents &&
          html`<a class="skip" href="#content">To the content</a>
            <nav aria-label="Contents">${contents}</nav>`
        }
        <main id="content">${content}</main>
      </body>
    </html> `.text;
}

/** @param level 1 to 6: its place among the headings around it */
export const heading = (level: number, title: string | Html, id?: string): Html =>
  html`<h${level}${id && html` id="${id}"`}>${title}</h${level}>`;
