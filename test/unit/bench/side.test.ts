import { expect, test } from 'vitest';
import { measureFromStart, measureInTurns } from '../../../bench/measure.ts';
import { Side, SideFailed, stopSides, type SideCommand } from '../../../bench/side.ts';

/** A side in plain JavaScript: `run` is the body of a function that gives a run's value. */
const side = (run: string, before = ''): SideCommand => ({
  title: 'the test side',
  command: process.execPath,
  args: [
    '-e',
    `${before};
    const answer = (message) => require('node:fs').writeSync(3, JSON.stringify(message) + '\\n');
    answer({ ready: true });
    let runs = 0;
    require('node:readline').createInterface({ input: process.stdin })
      .on('line', () => { runs++; answer({ value: (() => { ${run} })() }); });`,
  ],
  environment: { BENCH_TEST: '5' },
});

test('a side answers each request, and what it prints is no answer', async () => {
  const one = new Side(side('console.log("noise"); return 10 * runs + Number(process.env.BENCH_TEST)'));
  await one.ready();
  expect([await one.run(), await one.run()]).toEqual([[15], [25]]);
  expect(one.peakMemory()).toBeGreaterThan(10e6);
  expect(one.peakMemory()).toBeLessThan(1e9);
  await one.stop();
});

test('a side that ends says how, with the last lines of what it wrote', async () => {
  const one = new Side(side('console.error("out of luck"); process.exit(3)'));
  await one.ready();
  await expect(one.run()).rejects.toThrow(/^the test side ended with code 3:\n {4}out of luck$/);
  await expect(new Side(side('', 'console.error("Error: broken"); process.exit(1)')).ready()).rejects.toThrow(
    'Error: broken',
  );
  const missing = { ...side(''), command: '/nowhere/python' };
  await expect(new Side(missing).ready()).rejects.toThrow(SideFailed);
  await expect(new Side(missing).ready()).rejects.toThrow('does not start');
});

test('sides run in turns, and runs that warm up do not count', async () => {
  const [ours, theirs] = await measureInTurns(
    [
      side('return process.uptime() && performance.timeOrigin + performance.now()'),
      side('return Date.now()'),
    ],
    { warmUps: 2, rounds: 3 },
  );
  const order = [0, 1, 2].flatMap((round) => [...ours!.values[round]!, ...theirs!.values[round]!]);
  expect(order).toEqual(order.toSorted((a, b) => a - b));
  const [counted] = await measureInTurns([side('return runs')], { warmUps: 2, rounds: 3 });
  expect(counted!.values).toEqual([[3], [4], [5]]);
});

test('from the start, each round is a new process', async () => {
  const sleep = 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100)';
  const [one] = await measureFromStart([side('return 7', sleep)], { warmUps: 0, rounds: 2 });
  for (const [seconds] of one!.values) {
    expect(seconds).toBeGreaterThan(0.1);
    expect(seconds).toBeLessThan(5);
  }
});

test('a side that fails takes the other one with it', async () => {
  const plan = { warmUps: 0, rounds: 1 };
  await expect(measureInTurns([side('return 1'), side('process.exit(1)')], plan)).rejects.toThrow(SideFailed);
  await stopSides(); // nothing is left that would have to be stopped
});

test('stopSides ends what runs', async () => {
  const one = new Side(side('return 1'));
  await one.ready();
  await stopSides();
  await expect(one.run()).rejects.toThrow('ended with code 0');
});
