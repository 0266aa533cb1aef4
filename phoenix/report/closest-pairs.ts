/** Generated images above the training images that they are nearest to, and how near, as a picture. */
import { significant } from './format.ts';
import { png, shownScale } from './grid.ts';

export interface PicturedPair {
  /** uint8 [size, size, 3] each. */
  readonly generated: Uint8Array;
  readonly training: Uint8Array;
  readonly distance: number;
}

const GAP = 4;
/** Screen pixels for each of a digit's. */
const DOT = 2;
const DIGIT = { width: 3, height: 5 };

/** Rows of three dots, top to bottom: fonts differ between machines, and some have none. */
const GLYPHS: Readonly<Record<string, string>> = {
  '0': '### #.# #.# #.# ###',
  '1': '.#. ##. .#. .#. ###',
  '2': '### ..# ### #.. ###',
  '3': '### ..# ### ..# ###',
  '4': '#.# #.# ### ..# ..#',
  '5': '### #.. ### ..# ###',
  '6': '### #.. ### #.# ###',
  '7': '### ..# ..# .#. .#.',
  '8': '### #.# ### #.# ###',
  '9': '### #.# ### ..# ###',
  '.': '... ... ... ... .#.',
};

/**
 * One column for each pair, in their order, each with its distance (three significant digits) below. Equal pairs give equal bytes.
 *
 * @returns a PNG file
 */
export async function closestPairs(pairs: readonly PicturedPair[], size: number): Promise<Uint8Array> {
  const scale = shownScale(size);
  const cell = size * scale;
  const width = pairs.length * (cell + GAP) + GAP;
  const height = 2 * (cell + GAP) + GAP + DIGIT.height * DOT + GAP;
  const canvas = new Uint8Array(width * height * 3).fill(255);
  const dot = (left: number, top: number, side: number, colour: Uint8Array) => {
    for (let y = top; y < top + side; y++) {
      for (let x = left; x < left + side; x++) canvas.set(colour, (y * width + x) * 3);
    }
  };
  pairs.forEach(({ generated, training, distance }, column) => {
    const left = GAP + column * (cell + GAP);
    for (const [row, image] of [generated, training].entries()) {
      const top = GAP + row * (cell + GAP);
      for (let pixel = 0; pixel < size * size; pixel++) {
        const [y, x] = [Math.floor(pixel / size), pixel % size];
        dot(left + x * scale, top + y * scale, scale, image.subarray(pixel * 3, pixel * 3 + 3));
      }
    }
    write(significant(distance), left, 2 * (cell + GAP) + GAP);
  });
  return png(canvas, width, height);

  function write(text: string, left: number, top: number): void {
    const black = new Uint8Array(3);
    for (const [at, character] of Array.from(text).entries()) {
      for (const [y, dots] of (GLYPHS[character] ?? '').split(' ').entries()) {
        for (const [x, mark] of Array.from(dots).entries()) {
          const from = left + (at * (DIGIT.width + 1) + x) * DOT;
          if (mark === '#' && from + DOT <= width) dot(from, top + y * DOT, DOT, black);
        }
      }
    }
  }
}
