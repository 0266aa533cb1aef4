/** Small folders of real PNG files. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';

/** Classes and how many images of each. */
type Counts = Readonly<Record<string, number>>;

/**
 * Writes `train/CLASS/0.png` …, of 8 × 8 pixels, each in one colour: 10 times its class's place, its own number, and `shift`.
 */
export async function writeImageFolder(
  folder: string,
  sets: Readonly<Record<'train' | 'test', Counts>>,
  shift = 0,
): Promise<void> {
  for (const [set, counts] of Object.entries(sets)) {
    for (const [place, [name, count]] of Object.entries(counts).entries()) {
      mkdirSync(join(folder, set, name), { recursive: true });
      for (let image = 0; image < count; image++) {
        const background = { r: 10 * place, g: image, b: shift };
        await sharp({ create: { width: 8, height: 8, channels: 3, background } })
          .png()
          .toFile(join(folder, set, name, `${image}.png`));
      }
    }
  }
}
