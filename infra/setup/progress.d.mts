/** One line on standard error. */
export function say(line: string): void;

/** Runs `work` and shows how far it is. */
export function during<R>(
  label: string,
  work: (advance: (done: number, total: number | null) => void) => Promise<R>,
): Promise<R>;
