/**
 * The cache folder: everything set-up downloads or builds, outside the checkout and shared by checkouts.
 *
 * An entry is a folder. It is made in a temporary sibling, gets its stamp (every file with its size) last, and is then
 * renamed into place: an interrupted attempt leaves no entry, and an entry that lost a file or a part of one does not
 * pass for whole.
 */
import { randomBytes } from 'node:crypto';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join, relative, resolve } from 'node:path';

const STAMP = '.complete.json';
const PARTIAL = '.partial';

export function cacheFolder(environment = process.env) {
  const caches = environment.XDG_CACHE_HOME || join(homedir(), '.cache');
  return resolve(environment.PHOENIX_CACHE || join(caches, 'phoenix'));
}

export const entryFolder = (name) => join(cacheFolder(), name);

/** Files as they are downloaded, kept over an interruption; also where a person can put one by hand. */
export const downloadFile = (file) => join(cacheFolder(), 'downloads', file);

/** 'wrong' when the entry is there and not what was installed. */
export function entryState(name) {
  const folder = entryFolder(name);
  if (!existsSync(folder)) return { state: 'missing', detail: `not in ${cacheFolder()}` };
  let files;
  try {
    files = Object.entries(JSON.parse(readFileSync(join(folder, STAMP), 'utf8')).files);
  } catch {
    return { state: 'wrong', detail: `${folder} was not finished` };
  }
  const broken = files.find(([file, bytes]) => sizeOf(join(folder, file)) !== bytes);
  return broken
    ? { state: 'wrong', detail: `${join(folder, broken[0])} is missing or not ${broken[1]} bytes long` }
    : { state: 'ok', detail: folder };
}

/**
 * Makes an entry with `build(folder)`, unless it is there. The caller holds the lock of the cache (lock.mjs), so a
 * partial entry found here is what an interrupted attempt left.
 */
export async function install(name, build) {
  const cache = cacheFolder();
  mkdirSync(join(cache, 'downloads'), { recursive: true });
  for (const leftover of readdirSync(cache).filter((file) => file.endsWith(PARTIAL)))
    remove(join(cache, leftover));
  if (entryState(name).state === 'ok') return entryFolder(name);

  // A name of its own: a child of a killed attempt may still be writing to the last one.
  const partial = join(cache, `${name}.${process.pid}-${randomBytes(3).toString('hex')}${PARTIAL}`);
  mkdirSync(partial);
  try {
    await build(partial);
    const files = Object.fromEntries(
      filesUnder(partial).map((file) => [relative(partial, file), sizeOf(file)]),
    );
    writeFileSync(join(partial, STAMP), JSON.stringify({ files }));
    remove(entryFolder(name));
    renameSync(partial, entryFolder(name));
  } finally {
    remove(partial);
  }
  return entryFolder(name);
}

export const remove = (path) => rmSync(path, { recursive: true, force: true, maxRetries: 5 });

/** Of a link itself: what it leads to may lie outside the cache. */
const sizeOf = (file) => lstatSync(file, { throwIfNoEntry: false })?.size ?? null;

function filesUnder(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((item) =>
    item.isDirectory() ? filesUnder(join(folder, item.name)) : [join(folder, item.name)],
  );
}
