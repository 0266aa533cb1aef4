/**
 * Normally distributed numbers that only somebody with the seed can know: a cryptographic stream, where everything else in
 * Phoenix draws from seeds that anybody may see. Number i is a pure function of (seed, i).
 */
import { createCipheriv } from 'node:crypto';

/** Of AES: one block gives one pair of numbers. */
const BLOCK_BYTES = 16;

/** Pairs of which the key stream is made at a time. */
const CHUNK = 4096;

/**
 * Adds number `first + i` of the seed's sequence, times `std`, to `values[i]`. The sequence is the same in whatever pieces it
 * is drawn. Block k of AES-256 in counter mode (counter 0 first, big-endian) gives two numbers of 53 bits, and those by
 * Box and Muller's transform the numbers 2k and 2k + 1.
 *
 * @param seed 32 bytes, the key
 */
export function addGaussian(values: Float64Array, seed: Uint8Array, first: number, std: number): void {
  const counter = Buffer.alloc(BLOCK_BYTES);
  counter.writeBigUInt64BE(BigInt(Math.floor(first / 2)), 8);
  const cipher = createCipheriv('aes-256-ctr', seed, counter);
  const zeros = new Uint8Array(CHUNK * BLOCK_BYTES);
  // An odd `first` is the second half of its pair.
  for (let at = -(first % 2); at < values.length; at += 2 * CHUNK) {
    const stream = cipher.update(zeros);
    addPairs(values, at, new Uint32Array(stream.buffer, stream.byteOffset, CHUNK * 4), std);
  }
}

/** The pair of words 4k … 4k + 3 goes to `values[at + 2k]` and the one after it, as far as they exist. */
function addPairs(values: Float64Array, at: number, words: Uint32Array, std: number): void {
  const end = Math.min(values.length, at + words.length / 2);
  for (let i = at, w = 0; i < end; i += 2, w += 4) {
    // (0, 1], so that the logarithm is finite, and [0, 1).
    const radius = std * Math.sqrt(-2 * Math.log(1 - fraction(words[w]!, words[w + 1]!)));
    const angle = 2 * Math.PI * fraction(words[w + 2]!, words[w + 3]!);
    if (i >= 0) values[i]! += radius * Math.cos(angle);
    if (i + 1 < values.length) values[i + 1]! += radius * Math.sin(angle);
  }
}

/** The upper 53 of 64 bits, as a multiple of 2⁻⁵³ in [0, 1). */
const fraction = (high: number, low: number): number => ((high >>> 5) * 2 ** 26 + (low >>> 6)) * 2 ** -53;
