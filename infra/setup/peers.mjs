/**
 * The Python packages that `npm run bench -- … --peer` measures against, in an environment of their own. Nothing else
 * needs them.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { entryFolder, entryState, install, remove } from './cache.mjs';
import { during } from './progress.mjs';
import { requirements } from './requirements.mjs';
import { root } from './root.mjs';
import { run } from './run.mjs';
import { fromFirst } from './sources.mjs';

const list = join(root, 'bench/peers/requirements.txt');

const entryName = () => `peers-${createHash('sha256').update(readFileSync(list)).digest('hex').slice(0, 16)}`;

/** Path of the environment's Python. */
export const peersPython = () => join(entryFolder(entryName()), 'bin/python');

export const peers = {
  name: 'PyTorch peers',
  requires: () => ['platform', 'python'],

  state() {
    const entry = entryState(entryName());
    if (entry.state !== 'ok' || existsSync(peersPython())) return entry;
    return { state: 'wrong', detail: `${peersPython()} leads to a Python that is gone` };
  },

  async install() {
    if (!existsSync(peersPython())) remove(entryFolder(entryName())); // whole, but of no use any more
    // Not a name such as python3, which leads to another version one day.
    const python = realpathSync(await interpreterOf(requirements.python.find().found));
    await install(entryName(), (folder) =>
      fromFirst(
        'the PyTorch peers',
        [{ name: 'pip', take: () => pipInstall(python, folder) }],
        'set pip’s index-url or proxy; without --peer our side is measured alone',
      ),
    );
  },
};

/** The program itself, where `python` on PATH is a script that starts it. */
const interpreterOf = async (python) =>
  (await run(python, ['-c', 'import sys; print(sys.executable)'])).trim();

/** Needs neither ensurepip, which distributions package apart, nor a pip that knows of other environments. */
async function pipInstall(python, folder) {
  await run(python, ['-m', 'venv', '--without-pip', folder]);
  const lib = join(folder, 'lib');
  const packages = join(lib, readdirSync(lib)[0], 'site-packages');
  const temporary = join(folder, 'pip'); // not /tmp, which is often small or in memory
  mkdirSync(temporary);
  const args = ['-m', 'pip', 'install', '--require-hashes', '--only-binary=:all:', '--target', packages];
  args.push('--disable-pip-version-check', '--no-warn-script-location', '--progress-bar=off', '--timeout=5');
  await during('Installing the PyTorch peers (several GB)', () =>
    run(python, [...args, '-r', list], {
      env: { TMPDIR: temporary, PYTHONUNBUFFERED: '1' },
      unanswered: { line: /Retrying/, unless: /Downloading|Using cached/ },
    }),
  );
  remove(temporary);
}
