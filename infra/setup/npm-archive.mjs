/** Archives of npm packages that are unpacked by themselves, without a place in node_modules. */
import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { downloadFile } from './cache.mjs';
import { matches } from './hash.mjs';
import { askRegistry } from './packages.mjs';
import { during } from './progress.mjs';
import { run } from './run.mjs';

/**
 * Leaves the archive among the downloads, where a person may have put it before.
 *
 * @param pinned `{name, file, sha512}`: name with version, and what npm calls its archive
 * @param label what is said meanwhile
 * @param folder for files that are under way
 * @returns its path
 */
export async function npmArchive({ name, file, sha512 }, label, folder) {
  const archive = downloadFile(file);
  if (existsSync(archive) && (await matches(archive, { sha512 }))) return archive;
  await askRegistry(name, folder);
  await during(label, () => run('npm', ['pack', name], { cwd: folder }));
  if (!(await matches(join(folder, file), { sha512 })))
    throw new Error(`npm gave another ${file} than expected`);
  renameSync(join(folder, file), archive);
  return archive;
}
