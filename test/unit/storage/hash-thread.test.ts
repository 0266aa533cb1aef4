import { expect, it } from 'vitest';
import { sha256Hex } from '../../../phoenix/storage/canonical-json.ts';
import { ThreadedSha256 } from '../../../phoenix/storage/hash-thread.ts';

const bytes = Uint8Array.from({ length: 1000 }, (_, at) => (at * at) % 251);

it('hashes streams side by side, from memory of its own and from shared memory', async () => {
  const shared = new Uint8Array(new SharedArrayBuffer(600));
  const [one, other] = [new ThreadedSha256(), new ThreadedSha256()];
  one.update(bytes.subarray(0, 400));
  other.update(bytes.subarray(500, 600));
  shared.set(bytes.subarray(400));
  one.update(shared);
  await other.hashed();
  // Every stream's bytes are in its hash by now.
  shared.fill(0);
  expect(await one.digest()).toBe(sha256Hex(bytes));
  expect(await other.digest()).toBe(sha256Hex(bytes.slice(500, 600)));
});

it('takes what it is given as it was then, where the memory is not shared', async () => {
  const hash = new ThreadedSha256();
  const own = bytes.slice();
  hash.update(own);
  own.fill(0);
  expect(await hash.digest()).toBe(sha256Hex(bytes));
});
