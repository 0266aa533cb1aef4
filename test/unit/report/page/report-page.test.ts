import { beforeAll, describe, expect, it } from 'vitest';
import { reportPage, type Report } from '../../../../phoenix/report/page/report-page.ts';
import { exampleReport, runs, sweep } from '../example-report.ts';

let report: Report;
beforeAll(async () => {
  report = await exampleReport();
});

describe('page of a sweep', () => {
  let page: string;
  beforeAll(() => {
    page = reportPage(report);
  });

  it('has every cell with its state, its rounds, and why it failed', () => {
    expect(page).toMatch(/6 cells:\s+1 failed, 4 finished, 1 waiting/);
    expect(page).toContain('the loss of client 2 is not a number after step 31');
    const row = /<tr>(?:(?!<\/tr>).)*α 75 %, seed 2024(?:(?!<\/tr>).)*<\/tr>/s.exec(page)![0];
    expect(row).toContain('waiting');
    expect(row).toContain('0 of 3');
    expect(row).not.toContain('href');
  });

  it('has mean and deviation of the cells that have several seeds', () => {
    // FID 12.34 / 3 · (1 + 0/50) and · (1 + 1/50)
    expect(page).toMatch(/unet 2-class β25 α100\s*<\/th>.*4\.15 ± 0\.06/s);
  });

  it('has ours below the paper’s under one header, and leads to the runs', () => {
    const table = /<table class="grouped">.*?<\/table>/s.exec(page)![0];
    expect(table).toMatch(/rowspan="2"[^>]*>\s*β 25 %, α 100 %/);
    expect(table).toContain(`<a href="#${runs[2]!.run}"`);
    expect(table).toContain(`<a href="#${runs[3]!.run}"`);
  });

  it('has a place for every link, and no id twice', () => {
    const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id!);
    expect(new Set(ids).size).toBe(ids.length);
    const links = [...page.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id!);
    expect(links.length).toBeGreaterThan(20);
    expect(links.filter((link) => !ids.includes(link))).toEqual([]);
  });

  it('has as many cells in each row of a table as its header has', () => {
    const tables = [...page.matchAll(/<table.*?<\/table>/gs)].map(([table]) => table);
    expect(tables.length).toBeGreaterThan(20);
    for (const table of tables) {
      let spanned = 0;
      const widths = [...table.matchAll(/<tr>.*?<\/tr>/gs)].map(([row]) => {
        const cells = row.match(/<t[hd]/g)!.length + (spanned > 0 ? 1 : 0);
        spanned = Math.max(spanned - 1, Number(/rowspan="(\d+)"/.exec(row)?.[1] ?? 1) - 1);
        return cells;
      });
      expect(new Set(widths).size, table.slice(0, 600)).toBe(1);
    }
  });

  it('goes down one level of headings at a time', () => {
    const levels = [...page.matchAll(/<h(\d)/g)].map(([, level]) => Number(level));
    expect(levels[0]).toBe(1);
    levels.forEach((level, i) => i > 0 && expect(level - levels[i - 1]!).toBeLessThanOrEqual(1));
  });

  it('needs nothing from elsewhere, and has a script only while it may change', () => {
    expect(page).not.toMatch(/<script|<link|@import|src="(?!data:)/);
    expect(reportPage({ ...report, version: 'abc' })).toContain("'?version'");
  });
});

it('opens the one run that there is, and calls the page after it', () => {
  const page = reportPage({ ...report, sweeps: [], runs: [report.runs[0]!], tables: [], figures: [] });
  expect(page).toContain(`<title>Report of ${runs[0]!.run} · Phoenix</title>`);
  expect(page).toMatch(/<details class="run"[^>]* open/);
  expect(page).toContain('in none of the paper’s tables');
});

it('says what there is of a sweep of which no cell has left anything', () => {
  const cells = sweep.cells.map(
    (cell) => ({ ...cell, state: 'waiting', failure: null, document: null }) as const,
  );
  const page = reportPage({ ...report, sweeps: [{ ...sweep, cells }], runs: [], tables: [], figures: [] });
  expect(page).toContain('6 waiting');
  expect(page).toContain('None has left anything yet.');
});

it('names the sweep of a cell where there are several, and each run once', () => {
  const other = { ...sweep, name: 'other-sweep', cells: [{ ...sweep.cells[0]!, label: 'taken' }] };
  const page = reportPage({ ...report, sweeps: [sweep, other] });
  expect(page).toContain('<title>Report of example-sweep, other-sweep · Phoenix</title>');
  expect(page).toContain(`<h3>example-sweep: ${sweep.cells[0]!.label}</h3>`);
  expect(page).toMatch(/· 1 cell:\s+1 finished/);
  expect(page.match(/<details class="run"/g)).toHaveLength(runs.length);
});
