/** One run as a page of its own. */
import { htmlDocument } from './document.ts';
import { html } from './html.ts';
import { runParts, type ReportedRun } from './run.ts';

/** @returns the text of an HTML file */
export const runPage = (reported: ReportedRun): string =>
  htmlDocument({
    title: reported.run.run,
    content: html`<h1>${reported.run.experiment}</h1>
      ${runParts(reported, 2)}`,
  });
