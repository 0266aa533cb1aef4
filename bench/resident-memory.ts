import { readFileSync } from 'node:fs';

/** Largest resident memory of a process so far, bytes: what Linux calls `VmHWM`. */
export function peakMemory(pid: number | 'self'): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)![1]) * 1024;
}
