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
 * @param options.signOfLife `{within: ms, pattern}`: give up when no line matches in time
 * @param options.onLine called with each line of output
 * @throws CommandFailed
 */
export function run(command, args, { cwd, env, signOfLife, timeout, onLine } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const title = [command, ...args.slice(0, 2)].join(' ');
    let output = '';
    let gaveUp = null;
    const giveUpAfter = (ms, message) =>
      setTimeout(() => {
        gaveUp = message;
        child.kill('SIGKILL');
      }, ms);
    const silence =
      signOfLife && giveUpAfter(signOfLife.within, `was not answered within ${signOfLife.within / 1000} s`);
    const limit = timeout && giveUpAfter(timeout, `was not answered within ${timeout / 1000} s`);
    const listen = (stream) => {
      let rest = '';
      stream.setEncoding('utf8').on('data', (text) => {
        output += text;
        const lines = (rest + text).split(/\r?\n/);
        rest = lines.pop();
        for (const line of lines) {
          if (signOfLife?.pattern.test(line)) clearTimeout(silence);
          onLine?.(line);
        }
      });
    };
    listen(child.stdout);
    listen(child.stderr);
    const settle = (reason) => {
      clearTimeout(silence);
      clearTimeout(limit);
      if (reason === null) resolve(output);
      else reject(new CommandFailed(title, reason, gaveUp ? '' : output));
    };
    child.on('error', (error) => settle(error.code === 'ENOENT' ? 'is not installed' : error.message));
    child.on('close', (code, signal) =>
      settle(code === 0 ? null : (gaveUp ?? `ended with ${signal ?? `code ${code}`}`)),
    );
  });
}
