import { expect, test, vi } from 'vitest';
import { parseArguments } from '../../../bench/arguments.ts';
import { benchmarks } from '../../../bench/benchmarks.ts';
import { BadArguments } from '../../../infra/command-line.ts';

const parse = (line: string) => parseArguments(line.split(' '));

test('a name alone means all its bars, its own number of rounds and our side only', () => {
  expect(parse('train')).toEqual({
    name: 'train',
    bars: benchmarks.train.bars,
    rounds: 9,
    peer: false,
    json: false,
  });
});

test('options are taken in any place', () => {
  const want = { rounds: 3, peer: true, json: true };
  expect(parse('--peer train --rounds 3 --json')).toMatchObject(want);
  expect(parse('--json --rounds=3 train --peer')).toMatchObject(want);
});

test.each([
  [
    'train --model small',
    [
      { model: 'small', batch: 16 },
      { model: 'small', batch: 64 },
    ],
  ],
  [
    'train --batch 16',
    [
      { model: 'small', batch: 16 },
      { model: 'full', batch: 16 },
    ],
  ],
  ['train --model full --batch 4', [{ model: 'full', batch: 4 }]],
  ['sample --model full --batch 16', [{ model: 'full', batch: 16 }]],
  ['dcgan --batch 32', [{ batch: 32 }]],
  // A limit belongs to the setting that it was set for.
  ['startup --model full', [{ model: 'full', batch: 16, limit: 30 }]],
  ['startup --model full --batch 8', [{ model: 'full', batch: 8 }]],
  [
    'checkpoint --model small',
    [
      { model: 'small', part: 'out' },
      { model: 'small', part: 'in' },
    ],
  ],
])('%s', (line, bars) => {
  expect(parse(line)!.bars).toEqual(bars);
});

test.each([
  ['speed', 'Allowed: train, forward'],
  ['train --model huge', 'Allowed choices are small, full'],
  ['train --batch 0', 'a whole number from 1'],
  ['train --rounds two', 'a whole number from 1'],
  ['train --fast', "unknown option '--fast'"],
  ['train sample', 'too many arguments'],
  ['--peer', "missing required argument 'name'"],
  ['aggregate --batch 4', '--batch is no choice of aggregate'],
  ['dcgan --model small', '--model is no choice of dcgan'],
  ['memory --peer', 'memory has no peer'],
])('%s is refused in one line', (line, message) => {
  const error = caught(() => parse(line));
  expect(error).toBeInstanceOf(BadArguments);
  expect(error.exitCode).toBe(2);
  expect(error.message).toContain(message);
  expect(error.message).not.toContain('\n');
});

test('help names every benchmark and asks for nothing', () => {
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  expect(parse('--help')).toBeNull();
  const help = write.mock.calls.map(([text]) => text).join('');
  write.mockRestore();
  for (const [name, { title }] of Object.entries(benchmarks))
    expect(help).toContain(`${name.padEnd(12)} ${title}`);
});

function caught(work: () => unknown): BadArguments {
  try {
    work();
  } catch (error) {
    return error as BadArguments;
  }
  throw new Error('nothing was thrown');
}
