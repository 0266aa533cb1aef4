/**
 * Leaves the whole file at `target`, or rejects with an error of one line: `WrongFile`, `NotServed`, or one of the
 * network. Without a check, there is no going on where an earlier call stopped.
 */
export function download(
  url: string,
  target: string,
  check: { sha256: string } | { md5: string } | null,
  onProgress?: (done: number, total: number | null) => void,
  largest?: number,
): Promise<void>;
