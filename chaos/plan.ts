/** Who is killed, and when: a pure function of the seed. */
import { deriveSeed } from '../phoenix/config/seeds.ts';

/** Names of the stack's processes, and the GPU worker's child, which computes. */
export const victims = ['gpu-worker', 'engine', 'orchestrator-worker', 'temporal', 's3'] as const;
export type Victim = (typeof victims)[number];

export interface PlannedKill {
  readonly victim: Victim;
  /** Seconds after the kill before, or after the beginning of the run: 10 to 20. */
  readonly after: number;
}

/** @param number from 1 */
export const plannedKill = (seed: number, number: number): PlannedKill => ({
  victim: victims[deriveSeed(seed, 'victim', number) % victims.length]!,
  after: 10 + (10 * deriveSeed(seed, 'pause', number)) / 2 ** 31,
});
