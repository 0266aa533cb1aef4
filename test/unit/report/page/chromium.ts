/** Pages as a browser shows them, where there is one on this machine. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium, type Browser } from 'playwright-core';
import { browserProgram } from '../../../../infra/setup/browser.mjs';

/** Null: there is none. */
export const program = browserProgram();

export function launch(): Promise<Browser> {
  const { program: executablePath, libraries } = program!;
  return chromium.launch({
    executablePath,
    // Letters of the same font are drawn alike everywhere.
    args: ['--no-sandbox', '--font-render-hinting=none', '--disable-lcd-text'],
    ...(libraries !== null && { env: { ...process.env, LD_LIBRARY_PATH: libraries } }),
  });
}

/** The widths at which pages are looked at: a desk, and a small phone. */
export const widths = [1280, 360] as const;

/** @returns path and address of a new file */
export function written(text: string): { file: string; address: string } {
  const file = join(mkdtempSync(join(tmpdir(), 'pages-')), 'index.html');
  writeFileSync(file, text);
  return { file, address: pathToFileURL(file).href };
}
