/**
 * How a report looks, against pictures that are kept: at half size, with one font everywhere. To renew them after a change that is
 * meant, look at what PHOENIX_RENEW_SCREENSHOTS=1 writes over them.
 */
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import pixelmatch from 'pixelmatch';
import type { Browser } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reportPage } from '../../../../phoenix/report/page/report-page.ts';
import { exampleReport } from '../example-report.ts';
import { launch, program, widths, written } from './chromium.ts';

const folder = join(import.meta.dirname, '../../../fixtures/screenshots');
const renew = process.env['PHOENIX_RENEW_SCREENSHOTS'] === '1';

/** Share of the pixels that may be unlike: another version of a browser draws letters and circles a little otherwise. */
const tolerance = 0.01;

const fontFile = (weight: 400 | 700): string =>
  createRequire(import.meta.url).resolve(
    `@fontsource/dejavu-sans/files/dejavu-sans-latin-${weight}-normal.woff2`,
  );
const font = ([400, 700] as const)
  .map((weight) => {
    const source = `data:font/woff2;base64,${readFileSync(fontFile(weight)).toString('base64')}`;
    return `@font-face { font-family: Fixed; font-weight: ${weight}; src: url(${source}) }`;
  })
  .concat('* { font-family: Fixed, sans-serif !important }')
  .join('\n');

describe.skipIf(program === null)('a report looks as it did', () => {
  let browser: Browser;
  let address: string;
  beforeAll(async () => {
    browser = await launch();
    address = written(reportPage(await exampleReport())).address;
    mkdirSync(folder, { recursive: true });
  });
  afterAll(() => browser?.close());

  /** @param style on top of the page's own */
  async function screenshot(width: number, colorScheme: 'light' | 'dark', style = ''): Promise<Buffer> {
    const tab = await browser.newPage({
      viewport: { width, height: 900 },
      deviceScaleFactor: 0.5,
      colorScheme,
    });
    await tab.goto(address);
    await tab.addStyleTag({ content: `${font}\n${style}` });
    await tab.evaluate('document.fonts.ready.then(() => undefined)');
    await tab.evaluate('document.querySelector("details.run").open = true');
    const png = await tab.screenshot({ fullPage: true });
    await tab.close();
    return sharp(png).png({ palette: true, colours: 64 }).toBuffer();
  }

  const kept = (width: number): string => join(folder, `report-${width}.png`);
  const schemes = { 1280: 'light', 360: 'dark' } as const;

  for (const width of widths) {
    it(`at ${width} pixels, ${schemes[width]}`, async () => {
      const now = await screenshot(width, schemes[width]);
      if (renew) writeFileSync(kept(width), now);
      expect(statSync(kept(width)).size).toBeLessThan(300_000);
      const unlike = await difference(readFileSync(kept(width)), now);
      console.log(`${width} pixels: ${(100 * unlike).toFixed(3)} % of the pixels are unlike`);
      expect(unlike).toBeLessThan(tolerance);
    });
  }

  it.each([
    ['cards below each other', '.metrics { display: block }'],
    ['no contents beside the page', 'body { display: block !important }'],
    ['charts that are cut off', 'figure svg { width: 200px; min-width: 0 }'],
    ['letters that are too large', 'body { font-size: 18px }'],
  ])('and a broken layout would be seen: %s', async (_, style) => {
    const broken = await screenshot(1280, 'light', style);
    expect(await difference(readFileSync(kept(1280)), broken)).toBeGreaterThan(tolerance);
  });
});

/** @returns share of unlike pixels in two PNG files, of the larger in both directions; what only one of them has is unlike */
async function difference(a: Buffer, b: Buffer): Promise<number> {
  const sizes = await Promise.all([a, b].map((png) => sharp(png).metadata()));
  const [width, height] = (['width', 'height'] as const).map((side) =>
    Math.max(...sizes.map((size) => size[side])),
  ) as [number, number];
  const pixels = await Promise.all(
    [a, b].map((png, i) =>
      sharp(png)
        .ensureAlpha()
        .extend({
          right: width - sizes[i]!.width,
          bottom: height - sizes[i]!.height,
          background: i === 0 ? '#f0f' : '#0f0',
        })
        .raw()
        .toBuffer(),
    ),
  );
  return pixelmatch(pixels[0]!, pixels[1]!, undefined, width, height, { threshold: 0.2 }) / (width * height);
}
