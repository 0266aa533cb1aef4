/**
 * The mathematics of denoising diffusion (Ho et al. 2020; Nichol and Dhariwal 2021; Song et al. 2021), knowing no
 * network: noise schedules and the coefficients of each reverse step. Timesteps count 0 … T−1.
 */
import type { Experiment } from '../config/schema.ts';

export type DiffusionSettings = Experiment['diffusion'];
export type SamplingSettings = Experiment['sampling'];

/** Variances β_t of the forward process, float64 [T]. */
export function noiseSchedule({ steps, schedule }: DiffusionSettings): Float64Array {
  // paper §4.2
  const [first, last] = [1e-4, 0.02];
  const beta = {
    linear: (t: number) => first + ((last - first) * t) / (steps - 1),
    constant: () => (first + last) / 2,
    cosine: (t: number) => 1 - cosineSignal((t + 1) / steps) / cosineSignal(t / steps),
  }[schedule];
  return Float64Array.from({ length: steps }, (_, t) => Math.min(beta(t), 0.999));
}

/** ᾱ of the cosine schedule, up to a constant factor (Nichol and Dhariwal 2021, eq. 17, s = 0.008). */
const cosineSignal = (time: number): number => Math.cos((((time + 0.008) / 1.008) * Math.PI) / 2) ** 2;

/** Share ᾱ_t of the signal's variance that is left at each timestep, float64 [T]. */
export function signalShares(betas: Float64Array): Float64Array {
  let product = 1;
  return betas.map((beta) => (product *= 1 - beta));
}

/**
 * One reverse step: x ← image·x̂₀ + current·x + noise·ε̂ + deviation·z, with x̂₀ = clip((x − √(1−ᾱ)·ε̂)/√ᾱ) the image as
 * predicted, ε̂ the network's noise and z standard normal.
 */
export interface ReverseStep {
  readonly timestep: number;
  readonly signal: number;
  readonly image: number;
  readonly current: number;
  readonly noise: number;
  readonly deviation: number;
}

/** All reverse steps from noise to image, in the order they are taken. */
export function reverseSteps(diffusion: DiffusionSettings, sampling: SamplingSettings): ReverseStep[] {
  const shares = signalShares(noiseSchedule(diffusion));
  const share = (t: number) => (t < 0 ? 1 : shares[t]!);
  if (sampling.method === 'ancestral') {
    return descending(diffusion.steps, 1).map((t) => ancestralStep(t, share(t), share(t - 1)));
  }
  const stride = Math.floor(diffusion.steps / sampling.steps);
  return descending(sampling.steps, stride).map((t) => ddimStep(t, share(t), share(t - stride)));
}

/** Deterministic DDIM (Song et al. 2021, η = 0). */
function ddimStep(timestep: number, signal: number, next: number): ReverseStep {
  return { timestep, signal, image: Math.sqrt(next), current: 0, noise: Math.sqrt(1 - next), deviation: 0 };
}

/** DDPM with the fixed small variance β̃_t (Ho et al. 2020, eq. 6–7). */
function ancestralStep(timestep: number, signal: number, next: number): ReverseStep {
  const beta = 1 - signal / next;
  const image = (Math.sqrt(next) * beta) / (1 - signal);
  const current = (Math.sqrt(signal / next) * (1 - next)) / (1 - signal);
  const deviation = timestep > 0 ? Math.sqrt(Math.max(((1 - next) / (1 - signal)) * beta, 1e-20)) : 0;
  return { timestep, signal, image, current, noise: 0, deviation };
}

const descending = (count: number, stride: number): number[] =>
  Array.from({ length: count }, (_, k) => (count - 1 - k) * stride);
