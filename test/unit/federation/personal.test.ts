import { describe, expect, it } from 'vitest';
import { splitParameters } from '../../../phoenix/federation/personal.ts';

const names = [
  'conv_in.weight',
  'down_blocks.3.resnets.0.conv1.weight',
  'mid_block.resnets.0.conv1.weight',
  'up_blocks.0.resnets.0.conv1.weight',
  'up_blocks.9.resnets.0.conv1.weight',
  'up_blocks.10.resnets.0.conv1.weight',
  'up_blocks.10.resnets.1.conv1.bias',
  'up_blocks.1.resnets.0.conv1.weight',
  'conv_norm_out.weight',
  'conv_out.bias',
];

describe('splitParameters', () => {
  it('keeps the last decoder block (by number, not by spelling) with the client, and the output head not', () => {
    const { base, personal } = splitParameters(names, 'lastDecoderBlock');
    expect(personal).toEqual(['up_blocks.10.resnets.0.conv1.weight', 'up_blocks.10.resnets.1.conv1.bias']);
    expect(base).toEqual(names.filter((name) => !personal.includes(name)));
  });

  it('averages everything without personalization', () => {
    expect(splitParameters(names, 'none')).toEqual({ base: names, personal: [] });
  });

  it('needs a decoder block to keep', () => {
    expect(() => splitParameters(['conv_in.weight', 'xup_blocks.0.weight'], 'lastDecoderBlock')).toThrow(
      RangeError,
    );
    expect(() => splitParameters([], 'lastDecoderBlock')).toThrow(RangeError);
  });
});
