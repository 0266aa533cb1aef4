import { expect, it } from 'vitest';
import { parseArguments } from '../../../classifier/arguments.ts';

const parse = (line: string) => parseArguments(line.split(' '));

it('has defaults for all but the size of the images', () => {
  expect(parse('train --size 16')).toEqual({ action: 'train', size: 16, epochs: 24, seed: 1 });
  expect(parse('train --size 32 --epochs 3 --seed 9')).toEqual({
    action: 'train',
    size: 32,
    epochs: 3,
    seed: 9,
  });
  expect(parse('test')).toEqual({ action: 'test', json: false });
});

it.each([
  ['train', "required option '--size <pixels>' not specified"],
  ['train --size 28', 'It must be 16 or 32.'],
  ['train --size 32 --epochs 0', 'It must be a whole number from 1.'],
  ['examine', "unknown command 'examine'"],
])('refuses %s', (line, message) => {
  expect(() => parse(line)).toThrow(message);
});
