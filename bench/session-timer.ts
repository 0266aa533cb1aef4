/**
 * Measures how long session runs take. The addon's functions cannot be replaced once it is loaded, so this has to be
 * installed before anything of the engine is imported.
 */

/** @returns seconds spent in session runs since it was last asked */
export function timeSessions(): () => number {
  let spent = 0;
  const load: (this: void, ...args: Parameters<typeof process.dlopen>) => void = process.dlopen.bind(process);
  process.dlopen = (module, ...rest) => {
    load(module, ...rest);
    const addon = (module as { exports: Addon }).exports;
    const { runSavedModel } = addon;
    if (!runSavedModel) return;
    const timed = (...args: unknown[]) => {
      const start = performance.now();
      try {
        return runSavedModel.apply(addon, args);
      } finally {
        spent += (performance.now() - start) / 1000;
      }
    };
    (module as { exports: Addon }).exports = Object.create(addon, {
      runSavedModel: { value: timed },
    }) as Addon;
  };
  return () => {
    const seconds = spent;
    spent = 0;
    return seconds;
  };
}

interface Addon {
  readonly runSavedModel?: (...args: unknown[]) => unknown;
}
