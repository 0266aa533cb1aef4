/** The settings that both sides are measured at; `bench/peers/networks.py` is their counterpart. */
import { experimentSchemas } from '../../phoenix/config/schema.ts';
import type { ModelName } from '../benchmark.ts';

const SMALL = [32, 64, 64, 64];

/** Diffusion (T = 1000, cosine), learning rate and the rest of a run, as the project's defaults have them. */
export const { diffusion, training } = experimentSchemas.unet.parse({ name: 'bench' });

export const IMAGE_SIZE = 32;
export const SEED = 1;

/** `full` is the DDPM CIFAR-10 network with 35.7 million parameters, the default. */
export const network = (model: ModelName) =>
  experimentSchemas.unet.parse({ name: 'bench', model: model === 'small' ? { channels: SMALL } : {} }).model;

/** `count` images of random bytes, uint8 [count, size, size, 3]. */
export function randomImages(count: number, size: number): Uint8Array {
  let state = SEED;
  return Uint8Array.from({ length: count * size * size * 3 }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0; // Numerical Recipes' generator: the bytes do not matter
    return state >>> 24;
  });
}
