/** The checkout. Found from here upwards, since the build copies these files to dist/. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = upwards(dirname(fileURLToPath(import.meta.url)));

function upwards(folder) {
  return existsSync(join(folder, 'package.json')) ? folder : upwards(dirname(folder));
}
