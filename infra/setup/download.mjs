/** HTTP downloads that go on where they stopped and are taken for whole only when their hash says so. */
import { existsSync, renameSync, rmSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { digestLine, matches } from './hash.mjs';

const CONNECT_MS = 5_000;
const STALL_MS = 20_000;

/**
 * Leaves the file at `target`, whole; until then its bytes are in `<target>.incomplete`, where the next call goes on.
 *
 * @param check `{sha256}` or `{md5}`; null where no hash is known: then nothing that was there before is used
 * @param onProgress (bytes so far, total bytes or null)
 * @param largest bytes that the file has at most
 * @throws WrongFile when it is not the expected one, NotServed for an HTTP status, Error with one line when unreachable
 */
export async function download(url, target, check, onProgress = () => undefined, largest = Infinity) {
  const incomplete = `${target}.incomplete`;
  if (check === null) rmSync(incomplete, { force: true });
  else if (existsSync(target) && (await matches(target, check))) return;
  const kept = sizeOf(incomplete);
  await fetchAll(url, incomplete, onProgress, largest);
  if (check === null || (await matches(incomplete, check))) return renameSync(incomplete, target);
  rmSync(incomplete);
  // Bytes kept from an earlier attempt need not have been this file's beginning: once more, from the start.
  if (kept > 0) return download(url, target, check, onProgress, largest);
  throw new WrongFile(`${url} is not the expected file (${digestLine(check)})`);
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

/** The server answers, and with something else. */
class WrongFile extends Error {
  name = 'WrongFile';
}

class NotServed extends Error {
  name = 'NotServed';
}

/** A connection lost half way is taken up again as long as each one brings something. */
async function fetchAll(url, file, onProgress, largest) {
  for (let before = sizeOf(file); ; before = sizeOf(file)) {
    try {
      return await append(url, file, onProgress, largest);
    } catch (error) {
      if (isFinal(error) || sizeOf(file) <= before) throw error;
    }
  }
}

const isFinal = (error) => error instanceof NotServed || error instanceof WrongFile;

async function append(url, file, onProgress, largest) {
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
        done += chunk.length;
        if (done > largest) {
          rmSync(file);
          throw new WrongFile(`${url} is not the expected file (more than ${largest} bytes)`);
        }
        await out.writeFile(chunk);
        onProgress(done, length === null ? null : start + length);
      }
    } finally {
      await out.close();
    }
  } catch (error) {
    if (isFinal(error)) throw error;
    const cause = abort.signal.reason ?? error.cause ?? error;
    throw new Error(`${url}: ${cause.code ?? cause.message}`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

const sizeOf = (file) => statSync(file, { throwIfNoEntry: false })?.size ?? 0;
