/**
 * The mathematics of denoising diffusion (Ho et al. 2020; Nichol and Dhariwal 2021; Song et al. 2021), knowing no
 * network: noise schedules and the coefficients of each reverse step. Timesteps count 0 … T−1.
 *
 * Everything is rounded to float32 after each operation, in diffusers' order: 1 − ᾱ loses digits where ᾱ is close to
 * 1, and its tables and coefficients are the ones with the digits lost.
 */
import type { Experiments } from '../config/schema.ts';

export type DiffusionSettings = Experiments['unet']['diffusion'];
export type SamplingSettings = Experiments['unet']['sampling'];
type Spacing = Extract<SamplingSettings, { method: 'ddim' }>['spacing'];
type Variance = Extract<SamplingSettings, { method: 'ancestral' }>['variance'];

const { fround, sqrt } = Math;

/** Variances β_t of the forward process, float32 [T]. */
export function noiseSchedule({ steps, schedule, betaStart, betaEnd }: DiffusionSettings): Float32Array {
  const beta = {
    linear: (t: number) => betaStart + ((betaEnd - betaStart) * t) / (steps - 1),
    constant: () => constantBeta({ betaStart, betaEnd }),
    cosine: (t: number) => Math.min(1 - cosineSignal((t + 1) / steps) / cosineSignal(t / steps), 0.999),
  }[schedule];
  return Float32Array.from({ length: steps }, (_, t) => beta(t));
}

/** The constant schedule has the mean variance of the linear one. */
export const constantBeta = ({ betaStart, betaEnd }: Pick<DiffusionSettings, 'betaStart' | 'betaEnd'>) =>
  (betaStart + betaEnd) / 2;

/** ᾱ of the cosine schedule, up to a constant factor (Nichol and Dhariwal 2021, eq. 17, s = 0.008). */
const cosineSignal = (time: number): number => Math.cos((((time + 0.008) / 1.008) * Math.PI) / 2) ** 2;

/** Share ᾱ_t of the signal's variance that is left at each timestep, float32 [T]. */
export function signalShares(betas: Float32Array): Float32Array {
  let product = 1;
  return betas.map((beta) => (product *= fround(1 - beta)));
}

/** The forward process x_t = signal[t]·x₀ + noise[t]·ε: √ᾱ and √(1−ᾱ), float32 [T] each. */
export function forwardFactors(diffusion: DiffusionSettings): { signal: Float32Array; noise: Float32Array } {
  const shares = signalShares(noiseSchedule(diffusion));
  return { signal: shares.map(sqrt), noise: shares.map((share) => sqrt(fround(1 - share))) };
}

/**
 * One reverse step: x ← image·x̂₀ + current·x + noise·ε̂ + deviation·z, with x̂₀ = (x − √(1−ᾱ)·ε̂)/√ᾱ the image as
 * predicted (clipped to [−1, 1] where the settings say so), ε̂ the network's noise and z standard normal.
 */
export interface ReverseStep {
  readonly timestep: number;
  /** The timestep it leads to; below 0 is the image. */
  readonly next: number;
  /** ᾱ at `timestep`. */
  readonly signal: number;
  readonly image: number;
  readonly current: number;
  readonly noise: number;
  readonly deviation: number;
}

type Factors = Pick<ReverseStep, 'image' | 'current' | 'noise' | 'deviation'>;

/**
 * All reverse steps from noise to image, in the order they are taken. Whatever the spacing, a step leads T // steps
 * timesteps down, as in diffusers.
 */
export function reverseSteps(diffusion: DiffusionSettings, sampling: SamplingSettings): ReverseStep[] {
  const shares = signalShares(noiseSchedule(diffusion));
  const share = (t: number) => (t < 0 ? 1 : shares[t]!);
  const count = sampling.steps ?? diffusion.steps;
  const stride = Math.floor(diffusion.steps / count);
  const spacing = sampling.method === 'ddim' ? sampling.spacing : 'leading';
  return timesteps(diffusion.steps, count, spacing).map((timestep) => {
    const next = timestep - stride;
    const [from, to] = [share(timestep), share(next)];
    const factors =
      sampling.method === 'ddim'
        ? ddim(from, to, sampling.eta)
        : ancestral(from, to, timestep > 0 ? sampling.variance : null);
    return { timestep, next, signal: from, ...factors };
  });
}

/** Whether any step draws noise. */
export const isRandom = (sampling: SamplingSettings): boolean =>
  sampling.method === 'ancestral' || sampling.eta > 0;

/**
 * `count` of `total` timesteps, descending. Rounding is NumPy's, half to even, and so is the order of the operations:
 * it decides the ties.
 */
function timesteps(total: number, count: number, spacing: Spacing): number[] {
  const stride = Math.floor(total / count);
  const ratio = total / count;
  const gap = count > 1 ? (total - 1) / (count - 1) : 0;
  const timestep = {
    leading: (k: number) => (count - 1 - k) * stride,
    // `arange(total, 0, -ratio)` has its stride from the first two entries.
    trailing: (k: number) => roundHalfToEven(total + k * (total - ratio - total)) - 1,
    linspace: (k: number) => roundHalfToEven((count - 1 - k) * gap),
  }[spacing];
  return Array.from({ length: count }, (_, k) => timestep(k));
}

function roundHalfToEven(value: number): number {
  const below = Math.floor(value);
  const isTie = value - below === 0.5;
  return isTie ? below + (below % 2) : Math.round(value);
}

/** DDIM (Song et al. 2021, eq. 12 and 16): ᾱ goes from `from` to `to`. */
function ddim(from: number, to: number, eta: number): Factors {
  const deviation = fround(eta * fround(sqrt(smallVariance(from, to))));
  // Rounding may leave less than nothing where η is 1.
  const rest = Math.max(0, fround(fround(1 - to) - fround(deviation * deviation)));
  return { image: fround(sqrt(to)), current: 0, noise: fround(sqrt(rest)), deviation };
}

/** DDPM (Ho et al. 2020, eq. 6 and 7), with fewer steps than T too; the variance is null for the last step. */
function ancestral(from: number, to: number, variance: Variance | null): Factors {
  const share = fround(from / to);
  const beta = fround(1 - share);
  const noise = fround(1 - from);
  const image = fround(fround(fround(sqrt(to)) * beta) / noise);
  const current = fround(fround(fround(sqrt(share)) * fround(1 - to)) / noise);
  const variances = { fixedSmall: Math.max(smallVariance(from, to), 1e-20), fixedLarge: beta };
  return { image, current, noise: 0, deviation: variance === null ? 0 : fround(sqrt(variances[variance])) };
}

/** β̃: variance of the step where the image is known. */
const smallVariance = (from: number, to: number): number =>
  fround(fround(fround(1 - to) / fround(1 - from)) * fround(1 - fround(from / to)));
