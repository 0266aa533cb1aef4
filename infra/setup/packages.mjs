/** npm packages, exactly those of package-lock.json, install scripts off. */
import { lstatSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { during } from './progress.mjs';
import { root } from './root.mjs';
import { run } from './run.mjs';
import { fromFirst } from './sources.mjs';

const modules = join(root, 'node_modules');
const link = join(modules, '.bin', 'phoenix');

export const packages = {
  name: 'npm packages',
  requires: () => [],
  state: () => stateOf(root),

  async install() {
    const count = Object.keys(lockedPackages(join(root, 'package-lock.json'))).length;
    await fromFirst(
      'the npm packages',
      [
        { name: 'npm registry', take: () => during(`Installing ${count} npm packages`, () => ci()) },
        // What npm still has from another checkout is enough without a network.
        {
          name: "npm's own cache",
          take: () => during('Installing npm packages from npm’s cache', () => ci('--offline')),
        },
      ],
      'set `registry` or `proxy` in npm’s configuration, or copy node_modules from a checkout of the same version',
    );
    // `npx phoenix` looks in .bin first, where npm puts no link to the package itself.
    mkdirSync(join(modules, '.bin'), { recursive: true });
    if (!lstatSync(link, { throwIfNoEntry: false })) symlinkSync('../../bin/phoenix.mjs', link);
  },
};

/** Compares npm's own record of what it installed (written last) with the lock file. */
export function stateOf(folder) {
  const installed = lockedPackages(join(folder, 'node_modules', '.package-lock.json'));
  if (installed === null) return { state: 'missing', detail: 'node_modules is missing or was not finished' };
  const locked = lockedPackages(join(folder, 'package-lock.json')) ?? {};
  const differs = Object.keys(locked).find((path) => {
    if (path === '') return false; // the project itself
    return installed[path] ? !isSame(installed[path], locked[path]) : !locked[path].optional;
  });
  return differs === undefined
    ? { state: 'ok', detail: `${Object.keys(installed).length} packages` }
    : { state: 'wrong', detail: `${differs} is not what package-lock.json names` };
}

const isSame = (a, b) => a.version === b.version && a.integrity === b.integrity;

function lockedPackages(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch {
    return null;
  }
}

async function ci(...options) {
  if (options.length === 0) {
    // npm alone would keep trying for minutes.
    await run('npm', ['view', 'typescript', 'version', '--fetch-retries=0'], { cwd: root, timeout: 5_000 });
  }
  await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', ...options], { cwd: root });
  return true;
}
