/** A warm-up that ends when its model is good enough (paper §3.2.1): in parts, and after each its samples are measured. */
import type { Metrics } from './metrics.ts';
import type { TrainingRecord } from './records.ts';

/** In epochs or in optimiser steps; the other one is null. */
export interface Length {
  readonly epochs: number | null;
  readonly steps: number | null;
}

export interface MetricTarget {
  readonly metric: 'fid' | 'precision' | 'recall';
  readonly target: number;
  /** Length of a part, in the unit of the whole. */
  readonly every: number;
}

/** The parts of a training, all but the last of them `every` long. */
export function partsOf({ epochs, steps }: Length, every: number): Length[] {
  const whole = epochs ?? steps ?? 0;
  return Array.from({ length: Math.ceil(whole / every) }, (_, part) => {
    const length = Math.min(every, whole - part * every);
    return epochs === null ? { epochs, steps: length } : { epochs: length, steps: null };
  });
}

/** FID is better when it is lower, precision and recall when they are higher. */
export const isReached = ({ metric, target }: MetricTarget, metrics: Metrics): boolean =>
  metric === 'fid' ? metrics.fid <= target : metrics[metric] >= target;

/** Two parts, one after the other, as one training. */
export const joined = (first: TrainingRecord | null, second: TrainingRecord): TrainingRecord =>
  first === null ? second : { ...second, steps: first.steps + second.steps, firstLoss: first.firstLoss };
