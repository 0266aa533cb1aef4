/** Tables of a page: by keyboard, on narrow screens, and for screen readers. */
import { html, Html } from './html.ts';

export type Cell = string | Html | { readonly content: string; readonly kind: 'number' | 'wide' };

export const number = (content: string): Cell => ({ content, kind: 'number' });
export const wide = (content: string): Cell => ({ content, kind: 'wide' });

/** The first cell of a row is its header. The box scrolls sideways, so it can be reached by keyboard. */
export function dataTable(label: string, header: readonly Cell[], rows: readonly (readonly Cell[])[]): Html {
  const contentOf = (cell: Cell): string | Html => (isPlain(cell) ? cell : cell.content);
  const classOf = (cell: Cell): string => (isPlain(cell) ? '' : { number: 'n', wide: 'wide' }[cell.kind]);
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${label}">
    <table>
      <thead>
        <tr>
          ${header.map((cell) => html`<th scope="col" class="${classOf(cell)}">${contentOf(cell)}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ([first, ...rest]) =>
            html`<tr>
              <th scope="row">${contentOf(first!)}</th>
              ${rest.map((cell) => html`<td class="${classOf(cell)}">${contentOf(cell)}</td>`)}
            </tr> `,
        )}
      </tbody>
    </table>
  </div>`;
}

const isPlain = (cell: Cell): cell is string | Html => typeof cell === 'string' || cell instanceof Html;
