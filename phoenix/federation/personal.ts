/** Personalization layers (paper §3.2.2): which parameters stay with their client and are never averaged. */

/**
 * A list names parameters, as diffusers does; `*` stands for any characters: `up_blocks.1.*`, `*.bias`. The last decoder
 * block is the last `up_blocks` entry, without the output head (`conv_norm_out`, `conv_out`).
 */
export type PersonalizationRule = 'none' | 'lastDecoderBlock' | readonly string[];

export interface ParameterSplit {
  /** Averaged by the server. */
  readonly base: readonly string[];
  /** Kept by the client. */
  readonly personal: readonly string[];
}

/**
 * Splits parameter names in two; each part keeps their order.
 *
 * @throws RangeError when there is no decoder block to keep.
 */
export function splitParameters(names: readonly string[], rule: PersonalizationRule): ParameterSplit {
  const personal = new Set(personalOf(names, rule));
  return {
    base: names.filter((name) => !personal.has(name)),
    personal: names.filter((name) => personal.has(name)),
  };
}

/** The names that `pattern` stands for. */
export function namesMatching(names: readonly string[], pattern: string): string[] {
  const parts = pattern.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`));
  const expression = new RegExp(`^${parts.join('.*')}$`, 's');
  return names.filter((name) => expression.test(name));
}

function personalOf(names: readonly string[], rule: PersonalizationRule): string[] {
  if (rule === 'none') return [];
  if (rule !== 'lastDecoderBlock') return rule.flatMap((pattern) => namesMatching(names, pattern));
  const last = Math.max(...names.map(decoderBlock));
  if (last < 0) throw new RangeError('no parameter belongs to a decoder block (up_blocks.N)');
  return names.filter((name) => decoderBlock(name) === last);
}

/** Number of the decoder block that a parameter belongs to, −1 for none. */
function decoderBlock(name: string): number {
  const match = /^up_blocks\.(\d+)\./.exec(name);
  return match ? Number(match[1]) : -1;
}
