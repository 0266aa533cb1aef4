/**
 * `npm test`: the set-up that tests need, `npm run check`, then vitest with the arguments given. Tests that mostly wait, for
 * time limits of the servers to pass, run only where their project is asked for.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { testNeeds } from './setup/needs.mjs';
import { root } from './setup/root.mjs';
import { orExplain, setUp } from './setup/setup.mjs';

await orExplain(() => setUp(testNeeds()));

const wanted = process.argv.slice(2);
const projects = wanted.includes('--project') ? [] : ['--project', '!endurance'];
const vitest = [join(root, 'node_modules/vitest/vitest.mjs'), 'run', ...projects, ...wanted];
for (const [command, args] of [
  ['npm', ['run', 'check']],
  [process.execPath, vitest],
]) {
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
