/**
 * TensorFlow's C library, out of the official Python wheel: no other official build of this version exists. The GPU
 * build finds CUDA's libraries in `nvidia/` beside it, the layout of an installed wheel.
 */
import { existsSync, mkdirSync, readdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { downloadFile, entryFolder, entryState, install, remove } from './cache.mjs';
import { device } from './device.mjs';
import { matches } from './hash.mjs';
import { during } from './progress.mjs';
import { requirements } from './requirements.mjs';
import { run } from './run.mjs';
import { fromFirst } from './sources.mjs';
import { architecture, libtensorflow as pinned } from './versions.mjs';

/** One CPU build per architecture; of the GPU, what `device` says. */
const variant = () => `${device()}-${architecture}`;

export const entryName = () => `libtensorflow-${pinned.version}-${variant()}`;

/** Folder of the libraries and of `include/`. */
export const libraryFolder = () => join(entryFolder(entryName()), 'tensorflow');

export const libtensorflow = {
  name: 'libtensorflow',
  requires: () => ['platform', 'python'],
  state: () => entryState(entryName()),

  async install() {
    const wheels = pinned.wheels[variant()];
    const python = requirements.python.find().found;
    await install(entryName(), async (folder) => {
      const missing = [];
      for (const wheel of wheels) if (!(await isWhole(wheel))) missing.push(wheel);
      if (missing.length > 0) {
        await fromFirst(
          `libtensorflow ${pinned.version}`,
          [{ name: 'pip', take: () => pipDownload(python, missing, folder) }],
          `put ${missing.map(({ file, sha256 }) => `${file} (sha256 ${sha256})`).join(', ')} ` +
            `in ${downloadFile('')}, or set pip’s index-url or proxy`,
        );
      }
      await during('Unpacking libtensorflow', () =>
        run(python, ['-c', UNPACK, folder, ...wheels.map(({ file }) => downloadFile(file))]),
      );
    });
    for (const { file } of wheels) remove(downloadFile(file));
  },
};

const isWhole = async ({ file, sha256 }) =>
  existsSync(downloadFile(file)) && matches(downloadFile(file), { sha256 });

/** pip has no resume of its own; whole wheels of an interrupted download of several are kept. */
async function pipDownload(python, wheels, folder) {
  const temporary = join(folder, 'pip'); // not /tmp, which is often small or in memory
  mkdirSync(temporary);
  const total = wheels.reduce((sum, { bytes }) => sum + bytes, 0);
  const label = `Downloading libtensorflow ${pinned.version} for the ${device().toUpperCase()} (${megabytes(total)})`;
  let before = 0;
  await during(label, async (advance) => {
    for (const wheel of wheels) {
      const list = join(temporary, 'requirements.txt');
      writeFileSync(list, `${wheel.name}==${wheel.version} --hash=sha256:${wheel.sha256}\n`);
      const args = ['-m', 'pip', 'download', '--no-deps', '--require-hashes', '--only-binary=:all:'];
      args.push('--no-cache-dir', '--disable-pip-version-check', '--progress-bar=off', '--timeout=5');
      args.push('--python-version', pinned.python, '--implementation', 'cp', '--abi', pinned.abi);
      for (const tag of platformTags()) args.push('--platform', tag);
      const watch = setInterval(() => advance(before + sizeIn(wheel, temporary), total), 500);
      try {
        await run(python, [...args, '--dest', temporary, '-r', list], {
          env: { TMPDIR: temporary, PYTHONUNBUFFERED: '1' },
          unanswered: { line: /Retrying/, unless: /Downloading|Using cached/ },
        });
      } finally {
        clearInterval(watch);
      }
      const got = join(temporary, wheel.file);
      if (!existsSync(got)) throw new Error(`pip left another file than ${wheel.file}`);
      renameSync(got, downloadFile(wheel.file)); // at once: a wheel there is whole
      before += wheel.bytes;
    }
  });
  remove(temporary);
}

/** Bytes of a wheel that pip has so far, in one of its temporary folders. */
function sizeIn(wheel, temporary) {
  const folders = readdirSync(temporary, { withFileTypes: true }).filter((item) => item.isDirectory());
  const files = folders.map(({ name }) => join(temporary, name, wheel.file));
  return Math.max(0, ...files.map((file) => statSync(file, { throwIfNoEntry: false })?.size ?? 0));
}

const platformTags = () => {
  const machine = architecture === 'x64' ? 'x86_64' : 'aarch64';
  return ['manylinux_2_27', 'manylinux_2_17', 'manylinux2014', 'manylinux_2_12', 'manylinux2010'].map(
    (tag) => `${tag}_${machine}`,
  );
};

const megabytes = (bytes) => `${Math.round(bytes / 1e6).toLocaleString('en')} MB`;

/** Arguments: target folder, wheels. Of 13,000 headers the addon includes those of the C API. */
const UNPACK = `
import os, shutil, sys, zipfile
wanted = (
    'tensorflow/libtensorflow_cc.so.2', 'tensorflow/libtensorflow_framework.so.2',
    'tensorflow/include/tensorflow/c/', 'tensorflow/include/tensorflow/core/platform/ctstring',
    'tensorflow/include/tsl/platform/ctstring', 'tensorflow/include/xla/tsl/c/', 'nvidia/',
)
for wheel in sys.argv[2:]:
    with zipfile.ZipFile(wheel) as archive:
        for item in archive.infolist():
            header_of_cuda = item.filename.startswith('nvidia/') and '/include/' in item.filename
            if item.is_dir() or header_of_cuda or not item.filename.startswith(wanted):
                continue
            target = os.path.join(sys.argv[1], item.filename)
            os.makedirs(os.path.dirname(target), exist_ok=True)
            with archive.open(item) as source, open(target, 'wb') as file:
                shutil.copyfileobj(source, file, 1 << 20)
            if '/bin/' in item.filename:
                os.chmod(target, 0o755)
`;
