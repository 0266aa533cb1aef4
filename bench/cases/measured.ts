/** What every case gives to the process that runs it. */

type Values = number | readonly number[];

/** A case that is ready to run. */
export interface Measured {
  /** Does it once and gives what it measured, in the bar's unit: a value for each bar where they are measured together. */
  run(): Values | Promise<Values>;
  /** Frees what is outside this process. */
  close?(): Promise<void>;
}

/** Seconds that `work` takes. */
export function timed(work: () => unknown): number {
  const start = performance.now();
  work();
  return (performance.now() - start) / 1000;
}

export async function timedAsync(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}
