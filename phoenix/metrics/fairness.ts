/** Does every class get its share, and images as good and as diverse as the others? Precision and recall within each class. */
import { rowsAt } from './feature-set.ts';
import { shareOf, type Share } from './intervals.ts';
import { manifoldOverlap } from './manifolds.ts';
import type { OnProgress } from './neighbours.ts';
import { precisionRecall } from './precision-recall.ts';

/** Features [n, dimensions] with a class for each row: the reals' labels, or what a classifier says of the fakes. */
export interface LabelledFeatures {
  readonly features: Float32Array;
  readonly labels: ArrayLike<number>;
}

export interface ClassQuality {
  readonly label: number;
  /** Share of the samples that belong to the class. */
  readonly share: { readonly real: Share; readonly fake: Share };
  /** Among the images of the class alone; null where `reason` says why. */
  readonly precision: Share | null;
  readonly recall: Share | null;
  readonly reason: string | null;
}

/**
 * Per class 0 … `classes` − 1. A class' manifolds are those of its own reals and its own fakes, with k neighbours each. They are coarser than those of
 * all classes together, and compare only with those of classes with about as many images.
 *
 * @throws RangeError when labels and rows are not equally many, or a value is not finite
 */
export async function classQuality(
  real: LabelledFeatures,
  fake: LabelledFeatures,
  { dimensions, classes, k = 3 }: { dimensions: number; classes: number; k?: number },
  onProgress: OnProgress = () => undefined,
): Promise<ClassQuality[]> {
  for (const { features, labels } of [real, fake]) {
    if (features.length !== labels.length * dimensions) {
      throw new RangeError(
        `${labels.length} labels are not those of ${features.length / dimensions} features`,
      );
    }
  }
  const qualities: ClassQuality[] = [];
  for (let label = 0; label < classes; label++) {
    const [reals, fakes] = [real, fake].map((set) => rowsOf(set, label, dimensions));
    const share = { real: labelShare(real.labels, label), fake: labelShare(fake.labels, label) };
    const few = [
      { what: 'real', count: reals!.length / dimensions },
      { what: 'generated', count: fakes!.length / dimensions },
    ].find(({ count }) => count <= k);
    if (few) {
      const reason = `${few.count} ${few.what} images have no ${k} neighbours each`;
      qualities.push({ label, share, precision: null, recall: null, reason });
    } else {
      const overlap = await manifoldOverlap(reals!, fakes!, dimensions, k);
      const { precision, recall } = precisionRecall(overlap);
      qualities.push({ label, share, precision, recall, reason: null });
    }
    onProgress(label + 1, classes);
  }
  return qualities;
}

const labelShare = (labels: ArrayLike<number>, label: number): Share =>
  shareOf(Uint8Array.from(labels, (own) => Number(own === label)));

function rowsOf({ features, labels }: LabelledFeatures, label: number, dimensions: number): Float32Array {
  const rows = Array.from(labels, (own, row) => (own === label ? row : -1)).filter((row) => row >= 0);
  return rowsAt(features, dimensions, rows);
}
