/** Runs `body` while holding the lock of `folder`. */
export function withLock<R>(
  folder: string,
  onWait: (pid: number) => void,
  body: () => R | Promise<R>,
): Promise<R>;
