/** The vector instructions of this machine, which decide how fast its CPU cores train. */
import { readFileSync } from 'node:fs';

export type Vectors = 'AVX-512' | 'AVX2';

/** How many times as long a step takes as with AVX-512: 120 training steps of the reduced U-Net 13.5 s instead of 7. */
export const slowness: Readonly<Record<Vectors, number>> = { 'AVX-512': 1, AVX2: 2 };

/** @param cpuinfo text of /proc/cpuinfo */
export const vectorsIn = (cpuinfo: string): Vectors =>
  /^flags\s*:.*\bavx512f\b/m.test(cpuinfo) ? 'AVX-512' : 'AVX2';

export const ownVectors = (): Vectors => vectorsIn(readFileSync('/proc/cpuinfo', 'utf8'));
