/**
 * Features like those of images: not negative, on a manifold of 12 dimensions with a little noise, two sets that overlap in part. The
 * peer makes the same numbers in `bench/peers/latent_features.py`.
 */
export const [COUNT, DIMENSIONS] = [10_000, 2048];
const LATENT = 12;
const NOISE = 0.05;

/** [COUNT, DIMENSIONS] of set 1 or 2. */
export function latentFeatures(set: 1 | 2): Float32Array {
  const weights = Float64Array.from({ length: LATENT * DIMENSIONS }, (_, i) => normal(0, i) / 4);
  const features = new Float32Array(COUNT * DIMENSIONS);
  const sums = new Float64Array(DIMENSIONS);
  for (let row = 0; row < COUNT; row++) {
    sums.fill(0);
    for (let l = 0; l < LATENT; l++) {
      const z = normal(2 * set - 1, row * LATENT + l) * (1 + 0.15 * (set - 1)) + 0.1 * set;
      for (let i = 0; i < DIMENSIONS; i++) sums[i]! += z * weights[l * DIMENSIONS + i]!;
    }
    const start = row * DIMENSIONS;
    for (let i = 0; i < DIMENSIONS; i++) {
      features[start + i] = Math.max(0, sums[i]! + NOISE * normal(2 * set, start + i));
    }
  }
  return features;
}

/** Number i of a stream of nearly normal numbers: four uniform ones added up. */
function normal(stream: number, i: number): number {
  let sum = 0;
  for (let quarter = 0; quarter < 4; quarter++) sum += hashed((stream << 27) + 4 * i + quarter);
  return (sum / 2 ** 32 - 2) * Math.sqrt(3);
}

/** MurmurHash3's finaliser: uint32 to uint32. */
function hashed(n: number): number {
  let h = n ^ (n >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
