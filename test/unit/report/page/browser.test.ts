/** What a browser says to the pages: errors, accessibility, and how long they take. */
import { readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reportPage, type Report } from '../../../../phoenix/report/page/report-page.ts';
import { runPage } from '../../../../phoenix/report/page/run-page.ts';
import { exampleReport, largeReport } from '../example-report.ts';
import { launch, program, widths, written } from './chromium.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

describe.skipIf(program === null)('in Chromium', () => {
  let browser: Browser;
  let report: Report;
  beforeAll(async () => {
    browser = await launch();
    report = await exampleReport();
  });
  afterAll(() => browser?.close());

  const pages = {
    'a report': () => reportPage(report),
    'the page of a run': () => runPage(report.runs[0]!),
  };
  for (const [name, page] of Object.entries(pages)) {
    for (const width of widths) {
      for (const colorScheme of ['light', 'dark'] as const) {
        it(`${name}, ${width} pixels, ${colorScheme}: no errors, no violations, nothing from elsewhere, nothing wider`, async () => {
          const { address } = written(page());
          const tab = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
          const errors: string[] = [];
          const requests: string[] = [];
          tab.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
          tab.on('pageerror', ({ message }) => errors.push(message));
          tab.on('request', (request) => request.url().startsWith('data:') || requests.push(request.url()));
          await tab.goto(address);
          await tab.evaluate('document.querySelectorAll("details").forEach((part) => { part.open = true; })');
          await tab.evaluate(axe);
          const violations: string[] = await tab.evaluate(
            'axe.run().then(({ violations }) => violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`))',
          );
          const wide: number = await tab.evaluate('document.documentElement.scrollWidth');
          await tab.close();
          expect(errors).toEqual([]);
          expect(requests).toEqual([address]);
          expect(violations).toEqual([]);
          expect(wide).toBeLessThanOrEqual(width);
        });
      }
    }
  }

  it('keeps long names of cells within their column on a narrow screen', async () => {
    const [sweep] = report.sweeps;
    const cells = sweep!.cells.map((cell) => ({
      ...cell,
      label: `federation.participation.minimumResults=4, ${cell.label}`,
    }));
    const tab = await browser.newPage({ viewport: { width: 360, height: 900 } });
    await tab.goto(written(reportPage({ ...report, sweeps: [{ ...sweep!, cells }] })).address);
    const spilt = await tab.evaluate<number>(
      '[...document.querySelectorAll("tbody th")].filter((cell) => cell.scrollWidth > cell.clientWidth).length',
    );
    await tab.close();
    expect(spilt).toBe(0);
  });

  it('can be walked through by keyboard: past the contents, and into a run that is folded', async () => {
    const tab = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    await tab.goto(written(reportPage(report)).address);
    await tab.keyboard.press('Tab');
    expect(await tab.evaluate('document.activeElement.textContent')).toBe('To the content');
    await tab.keyboard.press('Enter');
    await tab.keyboard.press('Tab');
    expect(await tab.evaluate('document.activeElement.textContent')).toBe('in the Temporal UI');
    await tab.keyboard.press('Tab');
    // The table of cells, which may have to be scrolled.
    expect(await tab.evaluate('document.activeElement.getAttribute("aria-label")')).toBe('Cells');
    await tab.keyboard.press('Tab');
    await tab.keyboard.press('Enter');
    const { run } = report.runs[0]!.run;
    expect(await tab.evaluate('location.hash')).toBe(`#${run}`);
    expect(await tab.evaluate(`document.getElementById('${run}-run').open`)).toBe(true);
    await tab.close();
  });

  it('a report of 18 runs is at most 5 MB, and opens within a second', async () => {
    const { file, address } = written(reportPage(await largeReport()));
    const tab = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    const opened: number[] = [];
    // Others work on the machine, too.
    for (let i = 0; i < 5 && !(Math.min(...opened) <= 1000); i++) {
      await tab.goto(address);
      opened.push(await tab.evaluate<number>('performance.getEntriesByType("navigation")[0].loadEventEnd'));
    }
    await tab.close();
    const { size } = statSync(file);
    console.log(`${size} bytes, opened in ${opened.map(Math.round).join(', ')} ms`);
    expect(size).toBeLessThanOrEqual(5e6);
    expect(Math.min(...opened)).toBeLessThanOrEqual(1000);
  });
});
