export interface BrowserProgram {
  readonly program: string;
  /** Folder of shared libraries that it needs; null: the machine has them. */
  readonly libraries: string | null;
}

/** Chromium on PATH or in the cache, or null. */
export function browserProgram(): BrowserProgram | null;
