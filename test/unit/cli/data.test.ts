import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { data } from '../../../cli/data.ts';
import { explain } from '../../../cli/errors.ts';
import type { Division } from '../../../phoenix/report/division.ts';

let folder: string;
let file: string;
const printed: string[] = [];

// Only what is read from the names of files is asked for: they may be empty.
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'phoenix-data-'));
  for (const [set, count] of [
    ['train', 12],
    ['test', 8],
  ] as const) {
    for (const name of ['cat', 'owl', 'yak']) {
      mkdirSync(join(folder, set, name), { recursive: true });
      for (let k = 0; k < count; k++) writeFileSync(join(folder, set, name, `${k}.png`), '');
    }
  }
  file = join(folder, 'x.yaml');
  writeFileSync(file, 'name: x\ndata: { source: { folder: . }, clients: 3 }\nevaluation: { samples: 20 }\n');
  printed.length = 0;
  vi.spyOn(console, 'log').mockImplementation((line: string) => void printed.push(line));
});

afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});
it('prints who has which images, as a table and as bars', () => {
  data(file, {});
  const lines = stripVTControlCharacters(printed.join('\n')).split('\n');
  expect(lines[0]).toBe('36 training images of 3 classes, 3 clients');
  expect(lines).toContain('0 cat  1 owl  2 yak');
  // Two classes each, six images of each of them.
  const rows = lines.filter((line) => /^ +\d +12 +12 +0 /.test(line));
  expect(rows).toHaveLength(3);
  for (const row of rows) expect(row.match(/ 6(?= |$)/g)).toHaveLength(2);
  const bars = lines.filter((line) => /^client \d {2}(\d)\1{29}(\d)\2{29}$/.test(line));
  expect(bars).toHaveLength(3);
});

it('prints the same as JSON', () => {
  data(file, { set: ['data.partition={kind: centralized}', 'data.clients=1'], json: true });
  const { clients, ...rest } = JSON.parse(printed.join('')) as Division;
  expect(rest).toEqual({ classes: ['cat', 'owl', 'yak'], trainingImages: 36, sharedImages: 0 });
  expect(clients).toEqual([
    { client: 0, own: 36, ownClasses: [12, 12, 12], shared: 0, sharedClasses: [0, 0, 0], noise: 0 },
  ]);
});

it.each([
  ['a setting that is wrong', () => data(file, { set: ['data.clients=0'] })],
  ['a file that is not there', () => data(join(folder, 'y.yaml'), {})],
  ['a folder that is none', () => data(file, { set: ['data.source.folder=nowhere'] })],
])('answers %s with one line and exit code 2', (_, work) => {
  const said = vi.spyOn(console, 'error').mockImplementation(() => {});
  let code = 0;
  try {
    work();
  } catch (error) {
    code = explain(error);
  }
  expect(code).toBe(2);
  expect(said).toHaveBeenCalledTimes(1);
  expect(said.mock.calls[0]![0]).not.toContain('\n');
  expect(printed).toEqual([]);
});
