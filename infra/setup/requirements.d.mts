export interface Found {
  /** Path of the program, or whether the requirement is met. */
  readonly found: string | boolean | null;
  readonly detail: string;
}

/** Throws MissingRequirement (exit code 2), one line for each that is not met. */
export function check(names: readonly ('node' | 'platform' | 'compiler' | 'python' | 'go')[]): void;
export function nodeVersion(version: string): Found;
