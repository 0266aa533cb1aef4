import { expect, test } from 'vitest';
import { parseArguments } from '../../../chaos/arguments.ts';
import { BadArguments } from '../../../infra/command-line.ts';

test('kills and seed have defaults', () => {
  expect(parseArguments([])).toEqual({ kills: 20, seed: 1, json: false });
  expect(parseArguments('--kills 60 --seed 3 --json'.split(' '))).toEqual({ kills: 60, seed: 3, json: true });
});

test.each(['--kills 0', '--kills many', '--seed -1', '--deaths 3', 'worker'])('%s is refused', (line) => {
  expect(() => parseArguments(line.split(' '))).toThrow(BadArguments);
});
