/** HTTP downloads that go on where they stopped and are taken for whole only when their hash says so. */
import { existsSync, renameSync, rmSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { digestLine, matches } from './hash.mjs';

const CONNECT_MS = 5_000;
const STALL_MS = 20_000;

/**
 * Leaves the file at `target`, whole; until then its bytes are in `<target>.incomplete`, where the next call goes on.
 *
 * @param check `{sha256}` or `{md5}`
 * @param onProgress (bytes so far, total bytes or null)
 * @throws Error with one line: unreachable, an HTTP status, or a wrong hash
 */
export async function download(url, target, check, onProgress = () => undefined) {
  if (existsSync(target) && (await matches(target, check))) return;
  const incomplete = `${target}.incomplete`;
  const kept = sizeOf(incomplete);
  await fetchAll(url, incomplete, onProgress);
  if (await matches(incomplete, check)) return renameSync(incomplete, target);
  rmSync(incomplete);
  // Bytes kept from an earlier attempt need not have been this file's beginning: once more, from the start.
  if (kept > 0) return download(url, target, check, onProgress);
  throw new Error(`${url} is not the expected file (${digestLine(check)})`);
}

/** Whether the server answers for this URL, known within 5 s. */
export async function isReachable(url) {
  try {
    const response = await fetch(url, { method: 'HEAD', signal: AbortSignal.timeout(CONNECT_MS) });
    return response.ok;
  } catch {
    return false;
  }
}

class NotServed extends Error {}

/** A connection lost half way is taken up again as long as each one brings something. */
async function fetchAll(url, file, onProgress) {
  for (let before = sizeOf(file); ; before = sizeOf(file)) {
    try {
      return await append(url, file, onProgress);
    } catch (error) {
      if (error instanceof NotServed || sizeOf(file) <= before) throw error;
    }
  }
}

async function append(url, file, onProgress) {
  const have = sizeOf(file);
  const abort = new AbortController();
  let timer = setTimeout(() => abort.abort(new Error(`no answer within ${CONNECT_MS / 1000} s`)), CONNECT_MS);
  try {
    const response = await fetch(url, {
      signal: abort.signal,
      headers: have > 0 ? { range: `bytes=${have}-` } : {},
    });
    if (response.status === 416) return; // nothing left to send: the hash decides
    if (!response.ok || response.body === null) throw new NotServed(`${url} answers ${response.status}`);
    const resumed = response.status === 206;
    const start = resumed ? have : 0;
    const length = Number(response.headers.get('content-length')) || null;
    const out = await open(file, resumed ? 'a' : 'w');
    try {
      let done = start;
      for await (const chunk of response.body) {
        clearTimeout(timer);
        timer = setTimeout(() => abort.abort(new Error(`no data for ${STALL_MS / 1000} s`)), STALL_MS);
        await out.writeFile(chunk);
        done += chunk.length;
        onProgress(done, length === null ? null : start + length);
      }
    } finally {
      await out.close();
    }
  } catch (error) {
    if (error instanceof NotServed) throw error;
    const cause = abort.signal.reason ?? error.cause ?? error;
    throw new Error(`${url}: ${cause.code ?? cause.message}`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

const sizeOf = (file) => statSync(file, { throwIfNoEntry: false })?.size ?? 0;
