/** Takes the measurements of one bar, or of several that are measured together: both sides in turns (A B A B …), each idle while the other runs. */
import { setTimeout as delay } from 'node:timers/promises';
import { Side, type SideCommand } from './side.ts';

export interface Measurements {
  /** [round][bar], in the bar's unit. */
  readonly values: readonly (readonly number[])[];
  /** Bytes. */
  readonly peakMemory: number;
}

export interface Plan {
  readonly warmUps: number;
  readonly rounds: number;
}

/** Milliseconds before a turn: threads that wait for more work by spinning (OpenMP's do) have gone to sleep by then. */
const SETTLE = 200;

/** Measures sides that live through all rounds. */
export async function measureInTurns(commands: readonly SideCommand[], plan: Plan): Promise<Measurements[]> {
  const sides: Side[] = [];
  try {
    for (const command of commands) {
      const side = new Side(command);
      sides.push(side);
      await side.ready();
      for (let k = 0; k < plan.warmUps; k++) await side.run();
    }
    const values: (readonly number[])[][] = sides.map(() => []);
    for (let round = 0; round < plan.rounds; round++) {
      for (const [k, side] of sides.entries()) {
        await delay(SETTLE);
        values[k]!.push(await side.run());
      }
    }
    return sides.map((side, k) => ({ values: values[k]!, peakMemory: side.peakMemory() }));
  } finally {
    await Promise.all(sides.map((side) => side.stop()));
  }
}

/** Measures processes from their start to the end of their first run; each turn is a new process. */
export async function measureFromStart(
  commands: readonly SideCommand[],
  plan: Plan,
): Promise<Measurements[]> {
  const values: (readonly number[])[][] = commands.map(() => []);
  const peaks = commands.map(() => 0);
  for (let round = 0; round < plan.rounds; round++) {
    for (const [k, command] of commands.entries()) {
      const start = performance.now();
      const side = new Side(command);
      try {
        await side.ready();
        await side.run();
        values[k]!.push([(performance.now() - start) / 1000]);
        peaks[k] = Math.max(peaks[k]!, side.peakMemory());
      } finally {
        await side.stop();
      }
    }
  }
  return commands.map((_, k) => ({ values: values[k]!, peakMemory: peaks[k]! }));
}
