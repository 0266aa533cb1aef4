/** Path of the program, from PATH or the cache. Throws SetUpError when there is none yet. */
export declare function serverProgram(name: 'temporal' | 'versitygw'): string;
