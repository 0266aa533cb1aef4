/** How well a federation's model serves each client: how it does on the classes that the client brought along. */
import type { ClassQuality } from './fairness.ts';

export interface ClientQuality {
  readonly client: number;
  readonly classes: readonly number[];
  /** Means over its classes: share of the samples, and of the real images. */
  readonly share: { readonly real: number; readonly fake: number };
  /** Means over those of its classes that have one; null where none has. */
  readonly precision: number | null;
  readonly recall: number | null;
}

/** @param qualities of all classes, by label */
export function clientQuality(
  clients: readonly { readonly id: number; readonly classes: readonly number[] }[],
  qualities: readonly ClassQuality[],
): ClientQuality[] {
  return clients.map(({ id, classes }) => {
    const own = classes.map((label) => qualities[label]!);
    const over = (figure: (quality: ClassQuality) => number | undefined) =>
      mean(own.map(figure).filter((value) => value !== undefined));
    return {
      client: id,
      classes,
      share: {
        real: over(({ share }) => share.real.value) ?? 0,
        fake: over(({ share }) => share.fake.value) ?? 0,
      },
      precision: over(({ precision }) => precision?.value),
      recall: over(({ recall }) => recall?.value),
    };
  });
}

const mean = (values: readonly number[]): number | null =>
  values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
