/**
 * One set-up at a time per cache. The lock is a Unix socket in Linux's abstract namespace: it exists exactly as long
 * as its holder does, so that there is no stale lock to recognise after a crash.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, realpathSync } from 'node:fs';
import { connect, createServer } from 'node:net';

/** Runs `body` while holding the lock of `folder`; `onWait(pid)` hears of each holder that is waited for. */
export async function withLock(folder, onWait, body) {
  mkdirSync(folder, { recursive: true });
  const digest = createHash('sha256').update(realpathSync(folder)).digest('hex');
  const address = `\0phoenix-set-up-${digest.slice(0, 32)}`;
  let lock = await tryHold(address);
  while (lock === null) {
    await holderGone(address, onWait);
    lock = await tryHold(address);
  }
  try {
    return await body();
  } finally {
    lock.release();
  }
}

/** Null when somebody else holds it. */
function tryHold(address) {
  const waiters = new Set();
  const server = createServer((waiter) => {
    waiters.add(waiter);
    waiter.on('error', () => undefined); // a waiter that died
    waiter.on('close', () => waiters.delete(waiter));
    waiter.write(String(process.pid));
  });
  const release = () => {
    server.close();
    for (const waiter of waiters) waiter.destroy();
  };
  return new Promise((resolve, reject) => {
    server.once('error', (error) => (error.code === 'EADDRINUSE' ? resolve(null) : reject(error)));
    server.listen(address, () => resolve({ release }));
  });
}

/** Resolves when the holder releases the lock or dies: either way the kernel closes the connection. */
function holderGone(address, onWait) {
  return new Promise((resolve) => {
    const connection = connect(address);
    connection.once('data', (pid) => onWait(Number(pid)));
    connection.on('error', () => undefined); // gone between our two looks
    connection.once('close', () => resolve());
  });
}
