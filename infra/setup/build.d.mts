/** Hash of the names and contents of all sources in these folders of `base`, and of the compiler's settings there. */
export function fingerprint(base: string, folders: readonly string[]): string;
