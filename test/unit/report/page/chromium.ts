/** Pages as a browser shows them, where there is one on this machine. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium, type Browser } from 'playwright-core';
import { findProgram } from '../../../../infra/setup/programs.mjs';

/** Null: there is none. */
export const program = findProgram('chromium', 'chromium-browser', 'google-chrome', 'chrome');

export const launch = (): Promise<Browser> =>
  chromium.launch({
    executablePath: program!,
    // Letters of the same font are drawn alike everywhere.
    args: ['--no-sandbox', '--font-render-hinting=none', '--disable-lcd-text'],
  });

/** The widths at which pages are looked at: a desk, and a small phone. */
export const widths = [1280, 360] as const;

/** @returns path and address of a new file */
export function written(text: string): { file: string; address: string } {
  const file = join(mkdtempSync(join(tmpdir(), 'pages-')), 'index.html');
  writeFileSync(file, text);
  return { file, address: pathToFileURL(file).href };
}
