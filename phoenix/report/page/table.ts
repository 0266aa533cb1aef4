/** Tables of a page: by keyboard, on narrow screens, and for screen readers. */
import { html, Html } from './html.ts';

export type Cell =
  string | Html | { readonly content: string | Html; readonly kind: 'number' | 'wide' | 'hash' };

export const number = (content: string | Html): Cell => ({ content, kind: 'number' });
export const wide = (content: string | Html): Cell => ({ content, kind: 'wide' });

export const hash = (content: string | Html): Cell => ({ content, kind: 'hash' });

/** What may be wider than the screen: its box scrolls sideways, and so can be reached by keyboard. */
export const scrollBox = (label: string, content: Html): Html =>
  html`<div class="scroll" tabindex="0" role="group" aria-label="${label}">${content}</div>`;

/** Rows that belong together under one header, that of the first cell of the first of them. */
export type RowGroup = readonly (readonly Cell[])[];

/** The first cell of a row is its header. */
export const dataTable = (label: string, header: readonly Cell[], rows: RowGroup): Html =>
  scrollBox(
    label,
    html`<table>
      ${head(header)}
      <tbody>
        ${rows.map((row) => tableRow(row))}
      </tbody>
    </table>`,
  );

/** Rows after the first of a group have no first cell: the header stands for all of them. */
export const groupedTable = (label: string, header: readonly Cell[], groups: readonly RowGroup[]): Html =>
  scrollBox(
    label,
    html`<table class="grouped">
      ${head(header)}
      ${groups.map(
        ([first, ...others]) =>
          html`<tbody>
            ${tableRow(first!, others.length + 1)}${others.map(
              (row) =>
                html`<tr>
                  ${row.map(dataCell)}
                </tr>`,
            )}
          </tbody>`,
      )}
    </table>`,
  );

const head = (header: readonly Cell[]): Html =>
  html`<thead>
    <tr>
      ${header.map((cell) => html`<th scope="col" ${classOf(cell)}>${contentOf(cell)}</th>`)}
    </tr>
  </thead>`;

const tableRow = ([first, ...rest]: readonly Cell[], span = 1): Html =>
  html`<tr>
    <th scope="${span > 1 ? 'rowgroup' : 'row'}" ${span > 1 && html` rowspan="${span}"`}${classOf(first!)}>
      ${contentOf(first!)}
    </th>
    ${rest.map(dataCell)}
  </tr>`;

const dataCell = (cell: Cell): Html => html`<td${classOf(cell)}>${contentOf(cell)}</td>`;

const contentOf = (cell: Cell): string | Html => (isPlain(cell) ? cell : cell.content);
const classOf = (cell: Cell): Html | null =>
  isPlain(cell) ? null : html` class="${{ number: 'n', wide: 'wide', hash: 'hash' }[cell.kind]}"`;

const isPlain = (cell: Cell): cell is string | Html => typeof cell === 'string' || cell instanceof Html;
