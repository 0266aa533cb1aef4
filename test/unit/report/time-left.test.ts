import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { timeLeft } from '../../../phoenix/report/time-left.ts';
import { at, exampleCell, exampleSweep, minute } from '../../helpers/example-sweep.ts';

const now = (minutes: number): number => Date.parse(at(minutes));
const inMinutes = (milliseconds: number | null | undefined): number | null | undefined =>
  typeof milliseconds === 'number' ? milliseconds / minute : milliseconds;

/** Rounds of one length, one after the other. */
const rounds = (count: number, length: number, from = 0) =>
  Array.from({ length: count }, (_, r) => [from + r * length, from + (r + 1) * length] as const);

describe('of a cell', () => {
  it('is what its rounds have taken, less what the one under way has taken already', () => {
    const sweep = exampleSweep([exampleCell({ run: 'a' }, rounds(4, 5))]);
    expect(inMinutes(timeLeft(sweep, now(20)).cells.get('a'))).toBeCloseTo(30);
    expect(inMinutes(timeLeft(sweep, now(22)).cells.get('a'))).toBeCloseTo(28);
    // A round that takes longer than others is taken to end at any moment.
    expect(inMinutes(timeLeft(sweep, now(60)).cells.get('a'))).toBeCloseTo(25);
    const last = exampleSweep([exampleCell({ run: 'a' }, rounds(9, 5))]);
    expect(inMinutes(timeLeft(last, now(49)).cells.get('a'))).toBeCloseTo(1);
    expect(timeLeft(last, now(60)).cells.has('a')).toBe(false);
  });

  it('follows the newest rounds', () => {
    const slower = [...rounds(4, 1), ...rounds(4, 10, 4)];
    const left = timeLeft(exampleSweep([exampleCell({ run: 'a' }, slower)]), now(44)).cells.get('a')!;
    // The plain mean would say 11 minutes.
    expect(inMinutes(left)).toBeGreaterThan(15);
    expect(inMinutes(left)).toBeLessThan(20);
  });

  it('is that of its siblings before its first round is over, and unknown without any', () => {
    const first = exampleCell({ run: 'b' }, []);
    expect(timeLeft(exampleSweep([first]), now(1))).toEqual({ sweep: null, cells: new Map() });
    const sibling = exampleCell({ run: 'a', state: 'finished' }, rounds(10, 3));
    expect(inMinutes(timeLeft(exampleSweep([sibling, first]), now(30)).cells.get('b'))).toBeCloseTo(30);
  });

  it('knows from its siblings how much longer the last round takes', () => {
    const sibling = exampleCell({ run: 'a', state: 'finished' }, [...rounds(9, 5), [45, 60]]);
    // Its rounds take twice as long, and so will its last one.
    const slower = exampleSweep([sibling, exampleCell({ run: 'b' }, rounds(2, 10, 40))]);
    expect(inMinutes(timeLeft(slower, now(60)).cells.get('b'))).toBeCloseTo(7 * 10 + 30);
    const like = exampleSweep([sibling, exampleCell({ run: 'b', state: 'waiting' })]);
    expect(inMinutes(timeLeft(like, now(60)).sweep)).toBeCloseTo(60);
  });

  it('counts rounds as they were changed by hand', () => {
    const steering = [{ act: { kind: 'stopAfter', round: 6 }, at: at(1), during: 1, effect: '' }] as const;
    const sweep = exampleSweep([exampleCell({ run: 'a' }, rounds(4, 5), { steering })]);
    expect(inMinutes(timeLeft(sweep, now(20)).cells.get('a'))).toBeCloseTo(10);
  });

  it.each([
    ['waits', exampleCell({ run: 'b', state: 'waiting' })],
    ['is held', exampleCell({ run: 'b' }, rounds(2, 5), { paused: true })],
    ['has failed', exampleCell({ run: 'b', state: 'failed' }, rounds(2, 5))],
    ['has gone through all of its rounds', exampleCell({ run: 'b' }, rounds(10, 2))],
  ])('is unknown while it %s', (_, cell) => {
    const sweep = exampleSweep([exampleCell({ run: 'a' }, rounds(4, 5)), cell]);
    expect([...timeLeft(sweep, now(20)).cells.keys()]).toEqual(['a']);
  });
});

describe('of a sweep', () => {
  it('is what is left at the rate of all cells together', () => {
    const sweep = exampleSweep([
      exampleCell({ run: 'a' }, rounds(4, 6)),
      exampleCell({ run: 'b' }, rounds(4, 6)),
      exampleCell({ run: 'c', state: 'waiting' }),
    ]);
    // 22 rounds, two in six minutes.
    expect(inMinutes(timeLeft(sweep, now(24)).sweep)).toBeCloseTo(66);
  });

  it('is no shorter for cells that do not run in step', () => {
    const sweep = exampleSweep([
      exampleCell({ run: 'a' }, rounds(8, 6)),
      exampleCell({ run: 'b' }, rounds(8, 6, 3)),
      exampleCell({ run: 'c', state: 'waiting' }),
      exampleCell({ run: 'd', state: 'waiting' }),
    ]);
    expect(inMinutes(timeLeft(sweep, now(51)).sweep)).toBeCloseTo(24 * 3);
  });

  it('leaves out a night in which nothing ran', () => {
    const sweep = exampleSweep([
      exampleCell({ run: 'a' }, [...rounds(2, 6), ...rounds(2, 6, 600)]),
      exampleCell({ run: 'b' }, [...rounds(2, 6), ...rounds(2, 6, 600)]),
      exampleCell({ run: 'c', state: 'waiting' }),
    ]);
    expect(inMinutes(timeLeft(sweep, now(612)).sweep)).toBeCloseTo(66);
  });

  it('leaves out cells that have failed, and is at least what its slowest cell needs', () => {
    const sweep = exampleSweep([
      exampleCell({ run: 'a', state: 'failed' }, rounds(4, 6)),
      exampleCell({ run: 'b' }, rounds(4, 6)),
    ]);
    expect(inMinutes(timeLeft(sweep, now(24)).sweep)).toBeCloseTo(36);
  });

  it('is unknown while it is held or over, and before any round is', () => {
    const cells = [exampleCell({ run: 'a' }, rounds(4, 5)), exampleCell({ run: 'b', state: 'waiting' })];
    expect(timeLeft(exampleSweep(cells, { paused: true }), now(20)).sweep).toBe(null);
    expect(timeLeft(exampleSweep(cells, { state: 'cancelled' }), now(20)).sweep).toBe(null);
    expect(timeLeft(exampleSweep(cells.slice(1)), now(20)).sweep).toBe(null);
  });

  it('grows with the rounds that are left, and falls with time', () => {
    const times = fc.array(fc.tuple(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 0, max: 5 })), {
      minLength: 1,
      maxLength: 9,
    });
    fc.assert(
      fc.property(times, fc.nat(20), fc.nat(600), (lengths, waiting, later) => {
        let clock = 0;
        const spans = lengths.map(([length, pause]) => {
          const start = clock + pause;
          return [start, (clock = start + length)] as const;
        });
        const sweep = (more: number) =>
          exampleSweep([
            exampleCell({ run: 'a' }, spans),
            ...Array.from({ length: more }, (_, i) => exampleCell({ run: `w${i}`, state: 'waiting' })),
          ]);
        const left = timeLeft(sweep(waiting), now(clock)).sweep!;
        expect(left).toBeGreaterThan(0);
        expect(timeLeft(sweep(waiting + 1), now(clock)).sweep!).toBeGreaterThanOrEqual(left);
        const then = timeLeft(sweep(waiting), now(clock + later)).sweep!;
        expect(then).toBeGreaterThanOrEqual(0);
        expect(then).toBeLessThanOrEqual(left);
      }),
    );
  });
});
