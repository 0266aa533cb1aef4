/** Hashes of files, by streaming: wheels and archives are hundreds of megabytes. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';

/** @param check `{sha256}`, `{sha512}` or `{md5}`: one hex digest */
export async function matches(file, check) {
  const [algorithm, expected] = Object.entries(check)[0];
  const hash = createHash(algorithm);
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) hash.update(chunk);
  return hash.digest('hex') === expected;
}

export const digestLine = (check) => Object.entries(check)[0].join(' ');
