import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { check, nodeVersion } from '../../../infra/setup/requirements.mjs';

let path: string;

beforeEach(() => {
  path = mkdtempSync(join(tmpdir(), 'phoenix-path-'));
  vi.stubEnv('PATH', path);
  vi.stubEnv('CXX', '');
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(path, { recursive: true, force: true });
});

function program(name: string, script: string): void {
  writeFileSync(join(path, name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(path, name), 0o755);
}

/** The message and exit code of a check that must fail. */
function refusal(...names: Parameters<typeof check>[0]): { lines: string[]; exitCode: number } {
  try {
    check(names);
  } catch (error) {
    const { message, exitCode } = error as Error & { exitCode: number };
    return { lines: message.split('\n'), exitCode };
  }
  throw new Error('nothing was missing');
}

test('everything that is missing is said at once, one line each, with the way to get it', () => {
  const { lines, exitCode } = refusal('node', 'compiler', 'python', 'go', 'go');
  expect(exitCode).toBe(2);
  expect(lines).toHaveLength(3);
  expect(lines[0]).toMatch(/^C\+\+ compiler: no g\+\+, clang\+\+ or c\+\+ on PATH; install .*g\+\+/);
  expect(lines[1]).toMatch(/^Python with pip: no python3 or python on PATH; install .*python3-pip/);
  expect(lines[2]).toMatch(/^Go: no go on PATH; install Go 1\.21 or newer/);
});

test('a compiler without C++17 or its standard library is not one', () => {
  program('g++', 'echo "fatal error: optional: No such file" >&2; exit 1');
  expect(refusal('compiler').lines[0]).toContain(`${path}/g++ cannot compile C++17 (fatal error: optional`);
  program('g++', 'exit 0');
  check(['compiler']);
});

test('CXX decides, also when it is wrong', () => {
  program('g++', 'exit 0');
  vi.stubEnv('CXX', 'my-compiler');
  expect(refusal('compiler').lines[0]).toContain('CXX names my-compiler, which is not a program');
});

test('Python without pip is not enough', () => {
  program('python3', 'echo "No module named pip" >&2; exit 1');
  expect(refusal('python').lines[0]).toContain('python3 has no pip (No module named pip)');
  program('python3', 'echo "pip 24.0 from /somewhere (python 3.12)"');
  check(['python']);
});

test.each([
  ['1.21', true],
  ['1.26.8', true],
  ['1.20.14', false],
  ['1.9', false],
])('Go %s is enough: %s', (version, enough) => {
  program('go', `echo "go version go${version} linux/amd64"`);
  if (enough) check(['go']);
  else expect(refusal('go').lines[0]).toContain(`${version}, too old`);
});

test.each([
  ['18.20.8', false],
  ['20.2.0', false],
  ['20.3.0', true],
  ['22.0.0', true],
  ['24.1.0', true],
])('Node.js %s is supported: %s', (version, supported) => {
  expect(nodeVersion(version).found).toBe(supported);
});
