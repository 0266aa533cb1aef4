/**
 * The native addon of tfjs-node, compiled against our libtensorflow. Its own installer is not used: it fetches a
 * library of an older version, and node-gyp would fetch Node's headers, of which the addon needs only node_api.h.
 */
import { lstatSync, mkdirSync, readFileSync, readdirSync, readlinkSync, rmSync, symlinkSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { entryFolder, entryState, install } from './cache.mjs';
import { SetUpError } from './errors.mjs';
import { entryName as libraryEntry, libraryFolder } from './libtensorflow.mjs';
import { during } from './progress.mjs';
import { requirements } from './requirements.mjs';
import { root } from './root.mjs';
import { run } from './run.mjs';

const NAPI_VERSION = 8; // the newest that the package knows: node-pre-gyp looks in lib/napi-v8
const FILE = 'tfjs_binding.node';
/** Of what we add to the sources: one of another revision is compiled anew. */
const REVISION = 2;
const sessionOptions = join(root, 'infra/setup/session-options.h');

const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const packageFolder = join(root, 'node_modules/@tensorflow/tfjs-node-gpu');
const link = join(packageFolder, `lib/napi-v${NAPI_VERSION}`, FILE);
const entryName = () => `addon-${dependencies['@tensorflow/tfjs-node-gpu']}-r${REVISION}-${libraryEntry()}`;
const compiled = () => join(entryFolder(entryName()), FILE);

export const addon = {
  name: 'tfjs addon',
  requires: () => (entryState(entryName()).state === 'ok' ? [] : ['platform', 'compiler']),

  state() {
    const cached = entryState(entryName());
    if (cached.state !== 'ok') return cached;
    const target = lstatSync(link, { throwIfNoEntry: false })?.isSymbolicLink() ? readlinkSync(link) : null;
    if (target === compiled()) return { state: 'ok', detail: compiled() };
    return { state: target === null ? 'missing' : 'wrong', detail: `${link} does not lead to ${compiled()}` };
  },

  async install() {
    await install(entryName(), (folder) =>
      during('Compiling the tfjs addon', () => compile(join(folder, FILE))),
    );
    rmSync(link, { force: true });
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(compiled(), link);
  },
};

async function compile(target) {
  const binding = join(packageFolder, 'binding');
  const sources = readdirSync(binding).filter((file) => file.endsWith('.cc'));
  const library = libraryFolder();
  // Relative to the addon: the cache folder can be moved.
  const rpath = `$ORIGIN/${relative(entryFolder(entryName()), library)}`;
  const args = ['-std=c++17', '-O2', '-fPIC', '-shared', '-w', `-DNAPI_VERSION=${NAPI_VERSION}`];
  args.push('-I', join(root, 'node_modules/node-api-headers/include'), '-I', join(library, 'include'));
  args.push('-include', sessionOptions, '-o', target, ...sources.map((file) => join(binding, file)));
  args.push(
    '-L',
    library,
    '-l:libtensorflow_cc.so.2',
    '-l:libtensorflow_framework.so.2',
    `-Wl,-rpath,${rpath}`,
  );
  const compiler = requirements.compiler.find().found;
  try {
    await run(compiler, args);
    await run(process.execPath, ['-e', 'process.dlopen({ exports: {} }, process.argv[1])', target]);
  } catch (error) {
    throw new SetUpError(
      `the tfjs addon does not compile or does not load (${basename(compiler)}): ${error.message}`,
    );
  }
}
