/** The build: TypeScript to dist/, and the workflows as one bundle, which workers load. */
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SetUpError } from './errors.mjs';
import { during } from './progress.mjs';
import { root } from './root.mjs';
import { run } from './run.mjs';

const dist = join(root, 'dist');
const stamp = join(dist, '.sources');
const bundle = join(dist, 'workflow-bundle.js');
const bundleStamp = join(dist, '.workflow-sources');

const SOURCES = ['cli', 'workflows', 'activities', 'workers', 'phoenix', 'infra', 'bench', 'chaos'];
const WORKFLOW_SOURCES = ['workflows', 'phoenix'];
const SETTINGS = ['package.json', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json'];

export const build = {
  name: 'build',
  requires: () => [],

  state() {
    if (!existsSync(stamp)) return { state: 'missing', detail: 'dist/ is missing or was not finished' };
    const fresh = isFresh(stamp, SOURCES) && isFresh(bundleStamp, WORKFLOW_SOURCES) && existsSync(bundle);
    return fresh
      ? { state: 'ok', detail: dist }
      : { state: 'wrong', detail: 'dist/ is older than the sources' };
  },

  async install() {
    rmSync(stamp, { force: true });
    const [sources, workflowSources] = [fingerprint(root, SOURCES), fingerprint(root, WORKFLOW_SOURCES)];
    await during('Compiling TypeScript', () => compile());
    if (!isFresh(bundleStamp, WORKFLOW_SOURCES) || !existsSync(bundle)) {
      rmSync(bundleStamp, { force: true });
      await during('Bundling the workflows', () => bundleWorkflows());
      writeFileSync(bundleStamp, workflowSources);
    }
    writeFileSync(stamp, sources); // last: without it the build counts as unfinished
  },
};

const isFresh = (file, folders) =>
  existsSync(file) && readFileSync(file, 'utf8') === fingerprint(root, folders);

/** Hash of the names and contents of all sources in these folders, and of what decides how they are compiled. */
export function fingerprint(base, folders) {
  const hash = createHash('sha256');
  const files = folders.flatMap((folder) =>
    existsSync(join(base, folder)) ? sourcesUnder(base, folder) : [],
  );
  for (const file of [...SETTINGS.filter((name) => existsSync(join(base, name))), ...files.toSorted()]) {
    const body = readFileSync(join(base, file));
    hash.update(`${file}\0${body.length}\0`).update(body);
  }
  return hash.digest('hex');
}

function sourcesUnder(base, folder) {
  return readdirSync(join(base, folder), { withFileTypes: true }).flatMap((item) => {
    const path = join(folder, item.name);
    if (item.isDirectory()) return sourcesUnder(base, path);
    return /\.(ts|mjs)$/.test(item.name) ? [path] : [];
  });
}

/** Types are `npm run check`'s business: this only removes them. */
async function compile() {
  mkdirSync(dist, { recursive: true });
  const kept = [bundle, bundleStamp]; // of sources that are gone nothing may stay
  for (const item of readdirSync(dist).map((name) => join(dist, name))) {
    if (!kept.includes(item)) rmSync(item, { recursive: true });
  }
  try {
    await run(
      process.execPath,
      [join(root, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.build.json', '--noCheck'],
      {
        cwd: root,
      },
    );
  } catch (error) {
    throw new SetUpError(`the TypeScript sources do not compile: ${error.message}`);
  }
  // The command line asks set-up for its facts: TypeScript leaves .mjs files where they are.
  cpSync(join(root, 'infra/setup'), join(dist, 'infra/setup'), {
    recursive: true,
    filter: (source) => !source.endsWith('.ts'),
  });
}

async function bundleWorkflows() {
  const { bundleWorkflowCode } = await import('@temporalio/worker');
  const quiet = () => undefined;
  const logger = { log: quiet, trace: quiet, debug: quiet, info: quiet, warn: quiet, error: quiet };
  try {
    const { code } = await bundleWorkflowCode({ workflowsPath: join(dist, 'workflows/index.js'), logger });
    writeFileSync(bundle, code);
  } catch (error) {
    throw new SetUpError(`the workflows cannot be bundled: ${error.message}`);
  }
}
