/** Ctrl-C, and its relatives from service managers and closed terminals, as a signal that can be waited for. */
const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Aborted by the first of them; later ones change nothing, since what they ask for is under way. */
export function interruption(): AbortSignal {
  const controller = new AbortController();
  for (const name of names) process.on(name, () => controller.abort());
  return controller.signal;
}

export const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
