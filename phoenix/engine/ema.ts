/** Exponential moving average of weights inside the graph, with the decay of diffusers' `EMAModel`. */
import type { Tensor } from './backend.ts';
import type { Specs } from './optimizer.ts';
import type { Trace } from './trace.ts';

export interface EmaSettings {
  /** Largest decay, that of a long training. */
  readonly decay: number;
  readonly minDecay: number;
  /** For as many steps, and one more, the average is the weights themselves. */
  readonly updateAfterStep: number;
  /** Null: the decay rises as (1 + s) / (10 + s); otherwise as 1 − (1 + s / inverseGamma)^−power. */
  readonly warmup: { readonly inverseGamma: number; readonly power: number } | null;
}

/** The share of the average, 0 … 1, that step n (from 1) keeps; s = n − updateAfterStep − 1. */
export function emaDecay(n: number, { decay, minDecay, updateAfterStep, warmup }: EmaSettings): number {
  const s = n - updateAfterStep - 1;
  if (s <= 0) return 0;
  const rising = warmup ? 1 - (1 + s / warmup.inverseGamma) ** -warmup.power : (1 + s) / (10 + s);
  return Math.max(minDecay, Math.min(decay, rising));
}

const average = (name: string) => `ema/${name}`;

/**
 * The same values under the names of the averages, `ema/NAME`: parameters give the variables to keep, weights the
 * averages before the first step.
 */
export function averagesOf<T>(values: ReadonlyMap<string, T>): Map<string, T> {
  return new Map([...values].map(([name, value]) => [average(name), value]));
}

/**
 * Records average ← average − rate·(average − weight) for every parameter, after all updates recorded so far.
 *
 * @param rate scalar, 1 − decay: formed in float64 and rounded once, for 1 − 0.9999 in float32 has three digits left
 */
export function updateAverages(trace: Trace, parameters: Specs, rate: Tensor): void {
  const updates = trace.effects.map((node) => `^${node}`);
  const updated = `^${trace.node('NoOp', updates, {})}`;
  for (const [name, spec] of parameters) {
    // Not `trace.read`, which gives the weight as it was before the update.
    const read = trace.node('ReadVariableOp', [trace.handle(name), updated], { dtype: { type: spec.dtype } });
    const old = trace.read(average(name));
    trace.assign(average(name), old.sub(old.sub(trace.standIn(read, spec)).mul(rate)));
  }
}
