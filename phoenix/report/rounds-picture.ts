/** Samples after each round, below real images: how a model learns, or goes astray (paper, figure 3). */
import { evenly, loadSamples } from '../data/samples.ts';
import { captioned, type Caption } from './captions.ts';
import { significant, whole } from './format.ts';
import { gridPixels, sampleGrid } from './grid.ts';
import type { Run } from './groups.ts';
import type { Picture } from './pictures.ts';
import { testImagesOf, type Sources } from './run-images.ts';

const COLUMNS = 10;
/** Of rounds; of more than that, some at even distances. */
const ROWS = 10;
/** Pixels left of the images, for words. */
const MARGIN = 104;

/**
 * Null for a run that has samples of fewer than two rounds. The row of test images is there where the data set is.
 *
 * @throws DataFileCorrupt, CorruptObject, MissingObject
 */
export async function roundsPicture(run: Run, sources: Sources): Promise<Picture | null> {
  const sampled = run.rounds.filter(({ samples }) => samples.length > 0);
  if (sampled.length < 2) return null;
  const { imageSize: size } = run.settings.data;
  const test = await testImagesOf(run, sources);
  const images = test ? [evenly(test, COLUMNS)] : [];
  const words = test ? [['test images']] : [];
  const shown = spread(sampled, ROWS);
  // One after the other: a round's samples may take hundreds of megabytes.
  for (const { round, samples, metrics } of shown) {
    images.push(evenly(await loadSamples(sources.blobs, samples, size), COLUMNS));
    words.push([
      `round ${round}`,
      `${whole(stepsUntil(run, round))} steps`,
      ...(metrics ? [`FID ${significant(metrics.fid)}`] : []),
    ]);
  }
  const isGan = run.settings.model.kind === 'dcgan';
  return {
    name: 'rounds',
    title: `${isGan ? 'Figure 3: s' : 'S'}amples while the ${isGan ? 'DCGAN' : 'model'} trains`,
    alt: `A row of ${COLUMNS} samples for each of these rounds: ${shown.map(({ round }) => round).join(', ')}${test ? '; above them test images' : ''}`,
    note:
      `Not chosen: samples at even distances in those that were measured, from other noise in each round. Steps are those of a client’s local training, ` +
      `since the first round.${test ? '' : ' Test images are not on this machine.'}`,
    png: await rows(images, words, size),
  };
}

/** Updates of the weights up to and with `round`, of whichever client made the most. */
const stepsUntil = ({ rounds }: Run, round: number): number =>
  rounds
    .filter((own) => own.round <= round)
    .reduce((sum, { clients }) => sum + Math.max(0, ...clients.map(({ training }) => training.steps)), 0);

/** The first, the last, and others at even distances between them. */
const spread = <T>(all: readonly T[], wanted: number): T[] =>
  all.length <= wanted
    ? [...all]
    : Array.from({ length: wanted }, (_, k) => all[Math.round((k * (all.length - 1)) / (wanted - 1))]!);

async function rows(
  images: readonly Uint8Array[],
  words: readonly (readonly string[])[],
  size: number,
): Promise<Uint8Array> {
  const bytes = COLUMNS * size * size * 3;
  // White where a round has fewer.
  const all = new Uint8Array(images.length * bytes).fill(255);
  images.forEach((row, i) => all.set(row, i * bytes));
  const png = await sampleGrid(all, COLUMNS, images.length, size);
  const [width, height] = [gridPixels(COLUMNS, size), gridPixels(images.length, size)];
  const captions = words.flatMap((lines, i): Caption[] => {
    const middle = (gridPixels(i, size) + gridPixels(i + 1, size)) / 2;
    return lines.map((text, line) => ({
      text,
      left: 8,
      baseline: middle + 4 + 17 * (line - (lines.length - 1) / 2),
      bold: line === 0,
    }));
  });
  return captioned(MARGIN + width, height, [{ png, left: MARGIN, top: 0 }], captions);
}
