/** Child processes of set-up: quiet while all goes well, and quoted when they fail. */
import { spawn } from 'node:child_process';

const QUOTED_LINES = 6; // at each end: compilers put the cause first, pip last

export class CommandFailed extends Error {
  constructor(command, reason, output) {
    const lines = output.split('\n').filter((line) => line.trim() !== '');
    const left = lines.length - 2 * QUOTED_LINES;
    if (left > 1) lines.splice(QUOTED_LINES, left, `(${left} more lines)`);
    super([`${command} ${reason}`, ...lines].join('\n    '));
  }
}

/**
 * Resolves with the output when the command exits 0.
 *
 * @param options.timeout give up after so many ms
 * @param options.unanswered `{line, unless}`: give up at an output line that matches `line` when none before matched
 *   `unless`, for a program that would go on trying for minutes
 * @param options.onLine called with each line of output
 * @throws CommandFailed
 */
export function run(command, args, { cwd, env, timeout, unanswered, onLine } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const title = [command, ...args.slice(0, 2)].join(' ');
    let output = '';
    // At once, without waiting for what a wrapper script may have started and the signal does not reach.
    const giveUp = (reason) => {
      child.kill('SIGKILL');
      for (const stream of [child.stdout, child.stderr]) stream.destroy();
      child.unref();
      settle(reason);
    };
    const timer = timeout && setTimeout(() => giveUp(`was not answered within ${timeout / 1000} s`), timeout);
    let answered = false;
    const listen = (stream) => {
      let rest = '';
      stream.setEncoding('utf8').on('data', (text) => {
        output += text;
        const lines = (rest + text).split(/\r?\n/);
        rest = lines.pop();
        for (const line of lines) {
          answered ||= unanswered?.unless.test(line);
          if (unanswered?.line.test(line) && !answered) giveUp('was not answered');
          onLine?.(line);
        }
      });
    };
    listen(child.stdout);
    listen(child.stderr);
    const settle = (reason) => {
      clearTimeout(timer);
      if (reason === null) resolve(output);
      else reject(new CommandFailed(title, reason, output));
    };
    child.on('error', (error) => settle(error.code === 'ENOENT' ? 'is not installed' : error.message));
    child.on('close', (code, signal) => settle(code === 0 ? null : `ended with ${signal ?? `code ${code}`}`));
  });
}
