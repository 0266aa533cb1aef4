/** Personalization layers (paper §3.2.2): which parameters stay with their client and are never averaged. */

export type PersonalizationRule = 'none' | 'lastDecoderBlock';

export interface ParameterSplit {
  /** Averaged by the server. */
  readonly base: readonly string[];
  /** Kept by the client. */
  readonly personal: readonly string[];
}

/**
 * Splits parameter names (diffusers' naming) in two; each part keeps their order. `lastDecoderBlock` is the
 * last `up_blocks` entry, without the output head (`conv_norm_out`, `conv_out`).
 *
 * @throws RangeError when there is no decoder block to keep.
 */
export function splitParameters(names: readonly string[], rule: PersonalizationRule): ParameterSplit {
  if (rule === 'none') return { base: names, personal: [] };
  const blocks = names.map(decoderBlock);
  const last = Math.max(...blocks);
  if (last < 0) throw new RangeError('no parameter belongs to a decoder block (up_blocks.N)');
  return {
    base: names.filter((_, i) => blocks[i] !== last),
    personal: names.filter((_, i) => blocks[i] === last),
  };
}

/** Number of the decoder block that a parameter belongs to, −1 for none. */
function decoderBlock(name: string): number {
  const match = /^up_blocks\.(\d+)\./.exec(name);
  return match ? Number(match[1]) : -1;
}
