/**
 * Set-up: brings what is missing, in order, and says what it does. `npm start`, `npm test` and `phoenix` call it; when
 * nothing is missing it is a matter of milliseconds.
 */
import { addon } from './addon.mjs';
import { browser } from './browser.mjs';
import { build } from './build.mjs';
import { cacheFolder } from './cache.mjs';
import { cifar10 } from './cifar10.mjs';
import { libtensorflow } from './libtensorflow.mjs';
import { withLock } from './lock.mjs';
import { packages } from './packages.mjs';
import { peers } from './peers.mjs';
import { say } from './progress.mjs';
import { check } from './requirements.mjs';
import { temporal, versitygw } from './servers.mjs';

/** Each has a name, `state()`, `requires()` (what must be on the machine to install it) and `install()`. */
export const parts = { packages, libtensorflow, addon, temporal, versitygw, cifar10, build, browser, peers };

/** Names of the requirements of these parts. */
export async function requiredBy(missing) {
  const names = [];
  for (const part of missing) names.push(...(await part.requires()));
  return names;
}

const missingOf = (wanted) => wanted.filter((part) => part.state().state !== 'ok');

/**
 * @param need names of `parts`; they are brought in the order of `parts`
 * @throws MissingRequirement before anything is downloaded, SetUpError
 */
export async function setUp(need) {
  check(['node']);
  const wanted = Object.entries(parts).flatMap(([name, part]) => (need.includes(name) ? [part] : []));
  const missing = missingOf(wanted);
  if (missing.length === 0) return;
  check(await requiredBy(missing));
  const waiting = (pid) => say(`Another set-up is running (process ${pid}); waiting for it`);
  await withLock(cacheFolder(), waiting, async () => {
    const still = missingOf(wanted);
    if (still.length > 0)
      say(`Setting up ${still.map(({ name }) => name).join(', ')} (cache: ${cacheFolder()})`);
    // Looked at again one by one: new packages, for example, come without the addon.
    for (const part of wanted) if (part.state().state !== 'ok') await part.install();
  });
}

/** Runs the entry point of a program; what set-up could not do is one message, not a stack trace. */
export async function orExplain(main) {
  try {
    return await main();
  } catch (error) {
    if (error.exitCode === undefined) throw error;
    say(error.message);
    process.exit(error.exitCode);
  }
}
