/** Final sample grids of the paper's strategies side by side (paper, figure 6). */
import sharp from 'sharp';
import type { Blobs } from '../storage/blobs.ts';
import { captioned, type Caption, type Placed } from './captions.ts';
import { shownScale } from './grid.ts';
import type { Group, Run } from './groups.ts';
import type { Picture } from './pictures.ts';

/** From left to right, each in the best of the paper's cells: `cellOf` its runs. */
const PANELS = [
  { caption: 'default', cell: 'unet 2-class' },
  { caption: 'data sharing, β 25 %, α 100 %', cell: 'unet 2-class β25 α100' },
  { caption: 'personalization and filtering', cell: 'unet 2-class personal lowest' },
];

/** Pixels between two grids, and above them for words. */
const GAP = 14;
const HEAD = 26;

/**
 * Null where there are not two grids to compare.
 *
 * @throws CorruptObject, MissingObject
 */
export async function strategiesPicture(groups: readonly Group[], blobs: Blobs): Promise<Picture | null> {
  const found = PANELS.flatMap(({ caption, cell }) => {
    const own = groups.flatMap((group) => (group.cell === cell ? group.runs : []));
    const run = own.map((each) => each.run).find(({ final }) => final);
    return run?.final ? [{ caption, run, grid: run.final.grid }] : [];
  });
  if (found.length < 2) return null;
  const parts: Placed[] = [];
  const captions: Caption[] = [];
  let [left, bottom] = [0, 0];
  for (const { caption, run, grid } of found) {
    const { data, info } = await halved(await blobs.get(grid), run);
    parts.push({ png: data, left, top: HEAD });
    captions.push({ text: caption, left: left + 2, baseline: HEAD - 8, bold: true });
    left += info.width + GAP;
    bottom = Math.max(bottom, HEAD + info.height);
  }
  return {
    name: 'figure-6',
    title: 'Figure 6: samples of the strategies',
    alt: `Grids of 100 generated images side by side: ${found.map(({ caption }) => caption).join('; ')}`,
    note: `2-class non-IID clients, after the last round. Not chosen: samples at even distances in those that were measured, of ${found.map(({ run }) => run.run).join(', ')}.`,
    png: await captioned(left - GAP, bottom, parts, captions),
  };
}

/** Half as wide: three grids are as wide as a page. Pixels stay squares where their sides can be halved. */
const halved = async (grid: Uint8Array, { settings }: Run) => {
  const { width } = await sharp(grid).metadata();
  const kernel = shownScale(settings.data.imageSize) % 2 === 0 ? 'nearest' : 'lanczos3';
  return sharp(grid)
    .resize({ width: width / 2, kernel })
    .png()
    .toBuffer({ resolveWithObject: true });
};
