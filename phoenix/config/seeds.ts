import { canonicalJson, sha256Hex } from '../storage/canonical-json.ts';

/**
 * The seed of one random decision, an integer from 0 to 2³¹ − 1, as a pure function of the experiment's seed and of
 * what the decision is for: a purpose, then counters such as round, client and step. Equal labels give equal seeds
 * on every machine and after every restart; different ones give unrelated seeds.
 */
export function deriveSeed(seed: number, ...labels: (string | number)[]): number {
  const hash = sha256Hex(canonicalJson([seed, ...labels]));
  return Number.parseInt(hash.slice(0, 8), 16) & 0x7fff_ffff;
}
