/** What decides the last bits of a computation, besides its inputs: steps are bit-identical where these are equal. */
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { canonicalJson, sha256Hex } from './canonical-json.ts';

export interface Fingerprint {
  /** Version; null where no tensor is computed. */
  readonly libtensorflow: string | null;
  readonly device: 'cpu' | 'gpu';
  /** Hash of the processor's model and instruction sets. */
  readonly processor: string;
  /** That the process may use. */
  readonly threads: number;
}

export function fingerprint(engine: Pick<Fingerprint, 'libtensorflow' | 'device'>): Fingerprint {
  const { libtensorflow, device } = engine;
  return { libtensorflow, device, processor: processor(), threads: availableParallelism() };
}

/** Of processes without an engine. */
export const plainFingerprint = (): Fingerprint => fingerprint({ libtensorflow: null, device: 'cpu' });

export const sameFingerprint = (a: Fingerprint, b: Fingerprint): boolean =>
  canonicalJson(a) === canonicalJson(b);

/** The first core speaks for all; x64 calls them flags, arm64 Features. */
function processor(): string {
  const lines = readFileSync('/proc/cpuinfo', 'utf8').split('\n\n')[0]!.split('\n');
  return sha256Hex(
    lines.filter((line) => /^(model name|flags|Features|CPU (implementer|part))\s*:/.test(line)).join('\n'),
  );
}
