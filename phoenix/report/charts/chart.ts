/** A figure: its data, what it shows in words, and how vega-lite draws it; as SVG, PNG, CSV and JSON. */
import sharp from 'sharp';
import type { TopLevelSpec } from 'vega-lite';

export type Row = Readonly<Record<string, string | number | null>>;

export interface Chart {
  /** Of its files: "metrics", "losses". */
  readonly name: string;
  readonly title: string;
  /** For who cannot see it. */
  readonly alt: string;
  /** What a reader must know beside it: extractor and layer. */
  readonly note?: string;
  readonly rows: readonly Row[];
  /** Everything but the data. */
  readonly spec: Readonly<Record<string, unknown>>;
}

/** Readable on a light and on a dark ground. */
export const palette = [
  '#c25b33',
  '#3f83b5',
  '#3f8f5f',
  '#8d68ba',
  '#a88420',
  '#c05a86',
  '#5f8a8b',
  '#8a6d52',
  '#7a7a74',
  '#b4483f',
];

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
  legend: { labelLimit: 400, labelColor: ink, titleColor: ink },
  header: { labelColor: ink, titleColor: ink },
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
    return await view.toSVG();
  } finally {
    view.finalize();
  }
}

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
