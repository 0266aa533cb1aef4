import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { namesMatching, splitParameters } from '../../../phoenix/federation/personal.ts';

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

  it('keeps the parameters of a list with the client, in the order of the names', () => {
    const { base, personal } = splitParameters(names, ['conv_out.bias', 'up_blocks.1.*', 'conv_*.bias']);
    expect(personal).toEqual(['up_blocks.1.resnets.0.conv1.weight', 'conv_out.bias']);
    expect(base).toEqual(names.filter((name) => !personal.includes(name)));
  });

  it('puts every parameter on one side, whatever the list', () => {
    const pattern = fc.oneof(
      fc.constantFrom(...names),
      fc.string(),
      fc.constantFrom(...names).chain((name) => fc.nat(name.length).map((at) => `${name.slice(0, at)}*`)),
    );
    fc.assert(
      fc.property(fc.array(pattern), (patterns) => {
        const { base, personal } = splitParameters(names, patterns);
        expect([...base, ...personal].toSorted()).toEqual(names.toSorted());
      }),
    );
  });

  it('needs a decoder block to keep', () => {
    expect(() => splitParameters(['conv_in.weight', 'xup_blocks.0.weight'], 'lastDecoderBlock')).toThrow(
      RangeError,
    );
    expect(() => splitParameters([], 'lastDecoderBlock')).toThrow(RangeError);
  });
});

describe('namesMatching', () => {
  it.each([
    ['conv_in.weight', ['conv_in.weight']],
    ['conv_in', []],
    ['conv_inxweight', []],
    ['up_blocks.1.*', ['up_blocks.1.resnets.0.conv1.weight']],
    [
      'up_blocks.1*conv1.weight',
      ['up_blocks.10.resnets.0.conv1.weight', 'up_blocks.1.resnets.0.conv1.weight'],
    ],
    ['*.bias', ['up_blocks.10.resnets.1.conv1.bias', 'conv_out.bias']],
    ['*', names],
    ['(conv|x)_in.weight', []],
    ['', []],
  ])('%s', (pattern, matching) => {
    expect(namesMatching(names, pattern)).toEqual(matching);
  });

  it('takes every other character for itself', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (pattern, other) => {
        const literal = pattern.replaceAll('*', '');
        expect(namesMatching([literal, `x${literal}`], literal)).toEqual([literal]);
        expect(namesMatching([literal + other], `${literal}*`)).toHaveLength(1);
      }),
    );
  });
});
