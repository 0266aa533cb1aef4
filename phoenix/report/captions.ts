/** Pictures side by side or one above the other on white, with words beside them. */
import sharp from 'sharp';

export interface Placed {
  /** A PNG file. */
  readonly png: Uint8Array;
  readonly left: number;
  readonly top: number;
}

/** Of one line; where a machine has no font the words are missing, and say nothing that a description does not say as well. */
export interface Caption {
  readonly text: string;
  /** Of its beginning, on the line that the letters stand on. */
  readonly left: number;
  readonly baseline: number;
  readonly bold?: boolean;
}

const FONT = 13;

/** @returns a PNG file of `width` × `height` pixels; equal parts give equal bytes on one machine */
export async function captioned(
  width: number,
  height: number,
  parts: readonly Placed[],
  captions: readonly Caption[],
): Promise<Uint8Array> {
  const words = captions.map(
    ({ text, left, baseline, bold }) =>
      `<text x="${left}" y="${baseline}"${bold ? ' font-weight="bold"' : ''}>${escaped(text)}</text>`,
  );
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="sans-serif" font-size="${FONT}" fill="#1c1c1a">${words.join('')}</svg>`;
  return sharp({ create: { width, height, channels: 3, background: 'white' } })
    .composite([
      ...parts.map(({ png, left, top }) => ({ input: Buffer.from(png), left, top })),
      { input: Buffer.from(svg), left: 0, top: 0 },
    ])
    .png({ compressionLevel: 9 })
    .toBuffer();
}

const escaped = (text: string): string =>
  text.replaceAll(/[&<>]/g, (character) => `&#${character.codePointAt(0)};`);
