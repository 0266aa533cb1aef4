/** Path of the program, on PATH or in the cache. Throws an error of one line when it is not installed. */
export function serverProgram(name: 'temporal' | 'versitygw'): string;
