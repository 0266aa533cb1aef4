/** `npm test`: the set-up that tests need, `npm run check`, then vitest with the arguments given. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { everything } from './setup/needs.mjs';
import { root } from './setup/root.mjs';
import { orExplain, setUp } from './setup/setup.mjs';

await orExplain(() => setUp(everything({})));

const vitest = [join(root, 'node_modules/vitest/vitest.mjs'), 'run', ...process.argv.slice(2)];
for (const [command, args] of [
  ['npm', ['run', 'check']],
  [process.execPath, vitest],
]) {
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
