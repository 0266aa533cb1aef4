/** A figure: its data, what it shows in words, and how vega-lite draws it; as SVG, PNG, CSV and JSON. */
import sharp from 'sharp';
import { optimize, type Config } from 'svgo';
import type { TopLevelSpec } from 'vega-lite';

export type Row = Readonly<Record<string, string | number | null>>;

export interface Chart {
  /** Of its files: "metrics", "losses". */
  readonly name: string;
  readonly title: string;
  /** For who cannot see it. */
  readonly alt: string;
  /** What to bear in mind when reading it, in a sentence or two under the figure. */
  readonly note?: string;
  readonly rows: readonly Row[];
  /** Everything but the data. */
  readonly spec: Readonly<Record<string, unknown>>;
}

/**
 * At least 3 : 1 on white and on the dark ground alike, with black text readable on each. The first four are told apart
 * without red or green, too (after Okabe and Ito); where there are more, shapes or words say the same as colours.
 */
export const palette = [
  '#d55e00',
  '#2a7fc0',
  '#009e73',
  '#cc79a7',
  '#a88420',
  '#8a8a84',
  '#8d68ba',
  '#4f9aa5',
  '#a9765a',
  '#6f9440',
];

/** The axis of what goes on from round to round. */
export const byRound = {
  field: 'round',
  type: 'quantitative',
  title: 'round',
  axis: { tickMinStep: 1, format: 'd' },
};

const ink = 'currentColor';
const config = {
  aria: false,
  font: 'sans-serif',
  axis: {
    labelColor: ink,
    titleColor: ink,
    domainColor: ink,
    tickColor: ink,
    gridColor: ink,
    gridOpacity: 0.15,
  },
  legend: {
    labelLimit: 400,
    labelColor: ink,
    titleColor: ink,
    symbolBaseFillColor: ink,
    symbolBaseStrokeColor: ink,
  },
  header: { labelColor: ink, titleColor: ink },
  title: { color: ink, fontSize: 12 },
  view: { stroke: null },
  range: { category: palette },
};

/** @param background null: the page's own */
export async function svgOf({ rows, spec }: Chart, background: string | null): Promise<string> {
  // Loading takes a second, which only who draws should wait for.
  const [{ compile }, { parse, View }] = await Promise.all([import('vega-lite'), import('vega')]);
  const whole = { ...spec, background, config, data: { values: rows.map((row) => ({ ...row })) } };
  const view = new View(parse(compile(whole as unknown as TopLevelSpec).spec), { renderer: 'none' });
  try {
    return optimize(await view.toSVG(), compact).data;
  } finally {
    view.finalize();
  }
}

/**
 * A third of vega's own bytes: every part has a role and a font, and coordinates have 17 digits. Names are not made shorter: the
 * drawings of a page would come to share them. `mergePaths` would take most of the time and gives little.
 */
const compact: Config = {
  floatPrecision: 1,
  plugins: [
    { name: 'removeElementsByAttr', params: { class: 'background' } },
    {
      name: 'removeAttrs',
      params: { attrs: ['class', 'role', 'aria-.*', 'pointer-events', 'font-family'] },
    },
    { name: 'addAttributesToSVGElement', params: { attributes: [{ 'font-family': config.font }] } },
    { name: 'preset-default', params: { overrides: { cleanupIds: false, mergePaths: false } } },
  ],
};

/** Twice as many pixels as the SVG has units. */
export const pngOf = async (svg: string): Promise<Uint8Array> =>
  sharp(Buffer.from(svg), { density: 144 }).png({ compressionLevel: 9 }).toBuffer();

/** RFC 4180. */
export function csvOf(rows: readonly Row[]): string {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const field = (value: string | number | null | undefined): string => {
    const text = String(value ?? '');
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return [columns, ...rows.map((row) => columns.map((column) => row[column]))]
    .map((line) => `${line.map(field).join(',')}\r\n`)
    .join('');
}
