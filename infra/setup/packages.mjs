/** npm packages, exactly those of package-lock.json, install scripts off. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { during } from './progress.mjs';
import { root } from './root.mjs';
import { run } from './run.mjs';
import { fromFirst } from './sources.mjs';

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

/** Fails within 5 s when the registry does not answer for this package; npm alone would try for minutes. */
export const askRegistry = (name, cwd) =>
  run('npm', ['view', name, 'version', '--fetch-retries=0', '--fetch-timeout=5000'], {
    cwd,
    timeout: 10_000,
  });

async function ci(...options) {
  if (!options.includes('--offline')) await askRegistry('typescript', root);
  await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', ...options], { cwd: root });
}
