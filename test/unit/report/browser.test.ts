/** The pages as a browser shows them, where there is one on this machine. */
import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium, type Browser } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findProgram } from '../../../infra/setup/programs.mjs';
import { chartsOf, comparingCharts } from '../../../phoenix/report/charts/index.ts';
import { groupsOf, type Run } from '../../../phoenix/report/groups.ts';
import { runPage } from '../../../phoenix/report/page.ts';
import { drawn } from '../../../phoenix/report/page-figures.ts';
import { comparedTables } from '../../../phoenix/report/paper-tables.ts';
import { reportPage } from '../../../phoenix/report/report-page.ts';
import { run } from './example-run.ts';

const program = findProgram('chromium', 'chromium-browser', 'google-chrome', 'chrome');
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const folder = process.env['PHOENIX_SCREENSHOTS'] ?? mkdtempSync(join(tmpdir(), 'pages-'));

const cells = [25, 50, 100].map((alpha): Run => ({
  ...run,
  run: `shared-${alpha}`,
  settings: {
    ...run.settings,
    data: { ...run.settings.data, sharing: { ...run.settings.data.sharing!, alpha, beta: 25 } },
  },
}));

describe.skipIf(program === null)('pages in Chromium', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: program!, args: ['--no-sandbox'] });
    const grid = await sharp({ create: { width: 662, height: 662, channels: 3, background: '#a65' } })
      .png()
      .toBuffer();
    const groups = groupsOf(cells);
    writeFileSync(join(folder, 'run.html'), runPage(run, { grid, figures: await drawn(chartsOf(run, [])) }));
    writeFileSync(
      join(folder, 'report.html'),
      reportPage({
        runs: cells,
        tables: comparedTables(groups),
        figures: await drawn(comparingCharts(groups)),
        watched: false,
      }),
    );
  });
  afterAll(() => browser?.close());

  for (const name of ['run', 'report']) {
    for (const [width, colorScheme] of [
      [1200, 'light'],
      [390, 'dark'],
    ] as const) {
      it(`${name}, ${width} pixels, ${colorScheme}: no errors, no violations, nothing wider than the screen`, async () => {
        const file = join(folder, `${name}.html`);
        const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
        const errors: string[] = [];
        page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
        page.on('pageerror', ({ message }) => errors.push(message));
        page.on('request', (request) => request.url().startsWith('http') && errors.push(request.url()));
        await page.goto(pathToFileURL(file).href);
        await page.screenshot({ path: join(folder, `${name}-${width}.png`), fullPage: true });
        await page.evaluate(axe);
        const violations: string[] = await page.evaluate(
          'axe.run().then(({ violations }) => violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`))',
        );
        const wide: number = await page.evaluate('document.documentElement.scrollWidth');
        const opened: number = await page.evaluate(
          'performance.getEntriesByType("navigation")[0].loadEventEnd',
        );
        await page.close();
        expect(errors).toEqual([]);
        expect(violations).toEqual([]);
        expect(wide).toBeLessThanOrEqual(width);
        expect(statSync(file).size).toBeLessThan(5e6);
        // Of the bar of one second; the machine of a test may be busy.
        expect(opened).toBeLessThan(5000);
        console.log(`${name} ${width}: ${statSync(file).size} bytes, opened in ${Math.round(opened)} ms`);
      });
    }
  }
});
