/** Logs of the stack's processes: `<state>/logs/<name>.log`. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

export const logFile = (stateFolder: string, name: string): string =>
  join(stateFolder, 'logs', `${name}.log`);

/** The last line with anything on it, without colours and at most 300 characters; '' where there is none. */
export function lastLine(file: string): string {
  const tail = 4096;
  let descriptor: number;
  try {
    descriptor = openSync(file, 'r');
  } catch {
    return '';
  }
  try {
    const { size } = fstatSync(descriptor);
    const buffer = Buffer.alloc(Math.min(tail, size));
    readSync(descriptor, buffer, 0, buffer.length, size - buffer.length);
    const lines = stripVTControlCharacters(buffer.toString('utf8')).split('\n');
    return (lines.map((line) => line.trim()).findLast(Boolean) ?? '').slice(0, 300);
  } finally {
    closeSync(descriptor);
  }
}
