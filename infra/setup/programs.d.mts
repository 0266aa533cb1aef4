/** Absolute path of the first of these programs, or null. */
export function findProgram(...names: string[]): string | null;
