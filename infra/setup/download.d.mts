/** Leaves the whole file at `target`, or rejects with an error of one line. */
export function download(
  url: string,
  target: string,
  check: { sha256: string } | { md5: string },
  onProgress?: (done: number, total: number | null) => void,
): Promise<void>;
