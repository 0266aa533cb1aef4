import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { PartialAccess } from '../../../cli/access.ts';
import { writeReport } from '../../../cli/report.ts';
import { run } from '../report/example-run.ts';

const grid = Uint8Array.of(1, 2, 3);
const access = {
  client: null,
  blobs: { get: async () => grid },
  connection: { namespace: 'default', ui: 'http://127.0.0.1:8233' },
} as unknown as PartialAccess;

it('writes pages, and every figure as SVG and PNG with its data beside it', async () => {
  const out = join(mkdtempSync(join(tmpdir(), 'report-')), 'deep', 'folder');
  await writeReport([run], out, true, access);
  const figures = readdirSync(join(out, 'figures', run.run));
  for (const name of ['metrics', 'clients', 'losses', 'classes', 'division']) {
    for (const kind of ['svg', 'png', 'csv', 'json']) expect(figures).toContain(`${name}.${kind}`);
  }
  expect(readFileSync(join(out, 'figures', run.run, 'samples.png'))).toEqual(Buffer.from(grid));
  const page = readFileSync(join(out, `${run.run}.html`), 'utf8');
  expect(page).toContain(`http://127.0.0.1:8233/namespaces/default/workflows/${run.run}`);
  expect(page).toContain('location.reload()');
  expect(readFileSync(join(out, 'index.html'), 'utf8')).toContain(`href="${run.run}.html"`);
  expect(existsSync(join(out, 'tables.csv'))).toBe(true);
  expect(readdirSync(out).filter((file) => file.endsWith('.new'))).toEqual([]);

  await writeReport([run], out, false, access);
  expect(readFileSync(join(out, `${run.run}.html`), 'utf8')).not.toContain('<script');
});
