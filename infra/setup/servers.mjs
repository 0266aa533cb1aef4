/** The two servers of the local stack: Temporal's dev server and an S3 server. On PATH, or in the cache. */
import { existsSync, renameSync } from 'node:fs';
import { basename, join } from 'node:path';
import { cacheFolder, downloadFile, entryFolder, entryState, install, remove } from './cache.mjs';
import { download, isReachable } from './download.mjs';
import { SetUpError } from './errors.mjs';
import { findProgram } from './programs.mjs';
import { during } from './progress.mjs';
import { requirements } from './requirements.mjs';
import { run } from './run.mjs';
import { fromFirst } from './sources.mjs';
import { architecture, servers } from './versions.mjs';

const entryName = (name) => `${name}-${servers[name].version}-${architecture}`;

/** Path of the program. Throws SetUpError when there is none yet. */
export function serverProgram(name) {
  const program = find(name);
  if (program === null) {
    throw new SetUpError(
      `${servers[name].title} is not installed; \`npm start\` or \`npx phoenix up\` installs it`,
    );
  }
  return program;
}

function find(name) {
  const onPath = findProgram(name);
  if (onPath !== null) return onPath;
  return entryState(entryName(name)).state === 'ok' ? join(entryFolder(entryName(name)), name) : null;
}

const server = (name) => ({
  name: servers[name].title,
  /** Go only where the release page is out of reach. */
  requires: async () => {
    const release = servers[name].release[architecture];
    if (requirements.go.find().found || existsSync(archiveOf(release))) return [];
    return (await isReachable(release.url)) ? [] : ['go'];
  },
  state() {
    const program = find(name);
    return program === null ? entryState(entryName(name)) : { state: 'ok', detail: program };
  },
  install: () => install(entryName(name), (folder) => provide(name, folder)),
});

export const temporal = server('temporal');
export const versitygw = server('versitygw');

const archiveOf = (release) => downloadFile(basename(release.url));

async function provide(name, folder) {
  const { title, version, release } = servers[name];
  const { url, sha256 } = release[architecture];
  await fromFirst(
    `${title} ${version}`,
    [
      { name: 'official release', take: () => fromRelease(name, folder) },
      { name: 'building it with Go', take: () => fromGo(name, folder) },
    ],
    `put the program \`${name}\` on PATH, or ${basename(url)} (sha256 ${sha256}) in ${downloadFile('')}`,
  );
  await run(join(folder, name), ['--version']); // one for another machine would be found out only later
}

async function fromRelease(name, folder) {
  const { title, version, release } = servers[name];
  const { url, sha256 } = release[architecture];
  const archive = downloadFile(basename(url));
  await during(`Downloading ${title} ${version}`, (advance) => download(url, archive, { sha256 }, advance));
  await run('tar', ['-xzf', archive, '-C', folder]);
  const unpacked = join(folder, basename(url, '.tar.gz'), name); // versitygw has a folder of its own in the archive
  if (existsSync(unpacked)) renameSync(unpacked, join(folder, name));
  remove(archive);
}

/** Go's own caches are in ours, kept over an interruption so that the build goes on, and removed when it is done. */
async function fromGo(name, folder) {
  const { title, version, module, versionVariable, buildPackages, buildEffort } = servers[name];
  const go = requirements.go.find().found;
  if (go === null) throw new Error(requirements.go.find().detail);
  const home = join(cacheFolder(), 'go');
  const env = {
    GOPATH: join(home, 'path'),
    GOCACHE: join(home, 'build'),
    GOBIN: folder,
    GOFLAGS: '-modcacherw', // or the module cache could not be removed
    CGO_ENABLED: '0',
  };
  const repository = module.replace(/\/cmd\/.*/, '');
  await run(go, ['list', '-m', `${repository}@v${version}`], { env, cwd: folder, timeout: 5_000 });
  await during(`Building ${title} ${version} with Go (${buildEffort})`, (advance) => {
    let done = 0;
    const onLine = (line) => {
      if (!line.startsWith('go: ')) advance(++done, buildPackages); // -v names each package it compiles
    };
    const flags = ['-v', '-trimpath', '-ldflags', `-s -w -X ${versionVariable}=${version}`];
    return run(go, ['install', ...flags, `${module}@v${version}`], { env, cwd: folder, onLine });
  });
  remove(home);
}
