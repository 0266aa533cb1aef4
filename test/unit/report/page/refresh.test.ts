/** An open page that follows its file. */
import { renameSync, writeFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { htmlDocument } from '../../../../phoenix/report/page/document.ts';
import { html } from '../../../../phoenix/report/page/html.ts';
import { launch, program, written } from './chromium.ts';

/** A page whose upper part grows from one version to the next. */
const page = (version: string | null, lines: number): string =>
  htmlDocument({
    title: 'Report',
    version,
    content: html`<h1>Report</h1>
      <p>${lines} lines</p>
      ${Array.from({ length: lines }, (_, i) => html`<p>line ${i}</p>`)}
      <details id="one">
        <summary>one</summary>
        <p>inside</p>
      </details>
      <details id="two">
        <summary>two</summary>
        <p>inside</p>
      </details>
      <h2 id="below">Below</h2>
      ${Array.from({ length: 100 }, () => html`<p>more</p>`)}`,
  });

describe.skipIf(program === null)('an open page', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser?.close());

  const replace = (file: string, text: string): void => {
    writeFileSync(`${file}.new`, text);
    renameSync(`${file}.new`, file);
  };
  const lines = (tab: Page, count: number) =>
    tab.waitForFunction(`document.querySelector('p').textContent === '${count} lines'`, null, {
      timeout: 30_000,
    });
  const loads = (tab: Page): { count: number } => {
    const seen = { count: 0 };
    tab.on('load', () => seen.count++);
    return seen;
  };

  it('shows what is new in its file, open and scrolled as it was, and is left alone while nothing is', async () => {
    const { file, address } = written(page('a', 40));
    const tab = await browser.newPage({ viewport: { width: 800, height: 600 } });
    const seen = loads(tab);
    const errors: string[] = [];
    tab.on('pageerror', ({ message }) => errors.push(message));
    await tab.goto(address);
    await tab.evaluate('document.getElementById("two").open = true');
    await tab.evaluate('scrollTo(0, document.getElementById("below").getBoundingClientRect().top + 50)');
    const place = (): Promise<number> =>
      tab.evaluate('document.getElementById("below").getBoundingClientRect().top');
    const before = await place();
    expect(before).toBeCloseTo(-50, 0);
    await tab.waitForTimeout(7000);
    expect(seen.count).toBe(1);

    replace(file, page('b', 60));
    await lines(tab, 60);
    expect(seen.count).toBe(2);
    expect(await tab.evaluate('["one", "two"].map((id) => document.getElementById(id).open)')).toEqual([
      false,
      true,
    ]);
    expect(await place()).toBeCloseTo(before, 0);

    // The last version does not look for others.
    replace(file, page(null, 70));
    await lines(tab, 70);
    expect(await tab.evaluate('document.getElementById("two").open')).toBe(false);
    replace(file, page(null, 80));
    await tab.waitForTimeout(5000);
    expect(seen.count).toBe(3);
    expect(errors).toEqual([]);
    await tab.close();
  });
});
