/**
 * What set-up needs from the machine and cannot bring itself. Each is checked before anything is downloaded, and only
 * when something that needs it is missing.
 */
import { spawnSync } from 'node:child_process';
import { MissingRequirement } from './errors.mjs';
import { findProgram } from './programs.mjs';
import { minimumGlibc, minimumGo, minimumNode } from './versions.mjs';

/** Each `find()` gives `{found, detail}`: the program's path (or true), and what was found or looked for. */
export const requirements = {
  node: {
    name: 'Node.js',
    find: () => nodeVersion(process.versions.node),
    remedy: `install Node.js 20, 22 or 24 (at least ${minimumNode.join('.')})`,
  },
  platform: {
    name: 'platform',
    find: platform,
    remedy: `use Linux on x86-64 or ARM64 with glibc ${minimumGlibc.join('.')} or newer (on Windows: WSL 2)`,
  },
  compiler: {
    name: 'C++ compiler',
    find: compiler,
    remedy: 'install one with its standard library, for example `apt-get install g++`, or name it in CXX',
  },
  python: {
    name: 'Python with pip',
    find: python,
    remedy: 'install both, for example `apt-get install python3 python3-pip`',
  },
  go: {
    name: 'Go',
    find: go,
    remedy:
      `install Go ${minimumGo.join('.')} or newer (apt-get install golang-go, or the archive on go.dev/dl), ` +
      'or put `temporal` and `versitygw` on PATH',
  },
};

/** @throws MissingRequirement with one line for each that is not met: what, where it was looked for, how to get it */
export function check(names) {
  const lines = [...new Set(names)].flatMap((name) => {
    const { name: title, find, remedy } = requirements[name];
    const { found, detail } = find();
    return found ? [] : [`${title}: ${detail}; ${remedy}`];
  });
  if (lines.length > 0) throw new MissingRequirement(lines.join('\n'));
}

export function nodeVersion(version) {
  const detail = `${version} (${process.execPath})`;
  return isAtLeast(version, minimumNode)
    ? { found: true, detail }
    : { found: false, detail: `${detail} is too old` };
}

function platform() {
  const name = `${process.platform} ${process.arch}`;
  const glibc =
    process.platform === 'linux' ? process.report.getReport().header.glibcVersionRuntime : undefined;
  const known =
    ['x64', 'arm64'].includes(process.arch) && glibc !== undefined && isAtLeast(glibc, minimumGlibc);
  const detail = glibc === undefined ? `${name} without glibc` : `${name}, glibc ${glibc}`;
  return known
    ? { found: true, detail }
    : { found: false, detail: `${detail} has no build of libtensorflow` };
}

/** A compiler that knows C++17 and finds its standard library: a bare `clang` may lack it. */
function compiler() {
  const named = process.env.CXX;
  const program = named ? findProgram(named) : findProgram('g++', 'clang++', 'c++');
  if (program === null) {
    return {
      found: null,
      detail: named ? `CXX names ${named}, which is not a program` : 'no g++, clang++ or c++ on PATH',
    };
  }
  const args = ['-std=c++17', '-fsyntax-only', '-x', 'c++', '-'];
  const probe = spawnSync(program, args, { input: '#include <optional>\n', encoding: 'utf8' });
  return probe.status === 0
    ? { found: program, detail: program }
    : { found: null, detail: `${program} cannot compile C++17 (${firstLine(probe.stderr)})` };
}

function python() {
  const program = findProgram('python3', 'python');
  if (program === null) return { found: null, detail: 'no python3 or python on PATH' };
  const probe = spawnSync(program, ['-m', 'pip', '--version'], { encoding: 'utf8' });
  const pip = /^pip (\S+)/m.exec(probe.stdout ?? '')?.[1];
  return probe.status === 0 && pip
    ? { found: program, detail: `${program}, pip ${pip}` }
    : { found: null, detail: `${program} has no pip (${firstLine(probe.stderr)})` };
}

function go() {
  const program = findProgram('go');
  if (program === null) return { found: null, detail: 'no go on PATH' };
  const version = /go version go(\S+)/.exec(
    spawnSync(program, ['version'], { encoding: 'utf8' }).stdout ?? '',
  )?.[1];
  return version && isAtLeast(version, minimumGo)
    ? { found: program, detail: `${version} (${program})` }
    : { found: null, detail: `${program} is ${version ?? 'of an unknown version'}, too old` };
}

const isAtLeast = (version, [major, minor]) => {
  const [a = 0, b = 0] = version.split('.').map(Number.parseFloat);
  return a > major || (a === major && b >= minor);
};

const firstLine = (text) => (text ?? '').trim().split('\n')[0].slice(0, 160) || 'no message';
