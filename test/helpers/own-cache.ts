/** A cache folder of a test's own, which has all that set-up has brought, and nothing that commands remember. */
import { mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cacheFolder } from '../../phoenix/config/environment.ts';

/** @returns its path, and what removes it */
export function ownCache(): { readonly folder: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'phoenix-cache-'));
  for (const name of readdirSync(cacheFolder())) {
    if (name !== 'metrics') symlinkSync(join(cacheFolder(), name), join(folder, name));
  }
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
