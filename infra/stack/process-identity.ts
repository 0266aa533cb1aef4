/**
 * Is the process with this pid still the one that was recorded? Pids are used again, so a record carries when the
 * process started, and a signal goes only where that still agrees.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** When a running process started; null where there is none, or only its unreaped remains. */
export function processIdentity(pid: number): string | null {
  return process.platform === 'linux' ? fromProc(pid) : fromPs(pid);
}

export const isSameProcess = (pid: number | null, identity: string | null): pid is number =>
  pid !== null && identity !== null && processIdentity(pid) === identity;

function fromProc(pid: number): string | null {
  try {
    // "pid (name) state ppid …": the name may hold spaces and brackets, so fields are counted after the last one.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state, startTicks] = [fields[0], fields[19]];
    if (state === 'Z' || state === 'X') return null;
    // Ticks count from boot: the boot id keeps records from before a restart of the machine apart.
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot} ${startTicks}`;
  } catch {
    return null;
  }
}

function fromPs(pid: number): string | null {
  try {
    const [state, ...rest] = execFileSync('ps', ['-o', 'state=,lstart=', '-p', String(pid)], {
      encoding: 'utf8',
    })
      .trim()
      .split(/\s+/);
    return state === undefined || state.startsWith('Z') ? null : rest.join(' ');
  } catch {
    return null;
  }
}
