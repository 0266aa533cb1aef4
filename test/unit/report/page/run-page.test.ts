import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { chartsOf } from '../../../../phoenix/report/charts/index.ts';
import { drawn } from '../../../../phoenix/report/page/figures.ts';
import { runPage } from '../../../../phoenix/report/page/run-page.ts';
import type { Run } from '../../../../phoenix/report/groups.ts';
import { samplesPicture } from '../../../../phoenix/report/pictures.ts';
import { traced } from '../example-report.ts';
import { privateRun, ref, run, runWithReturn } from '../example-run.ts';

const page = (run: Run): string => runPage({ run, figures: [], ui: null });

/** Settings may be null. */
const withoutSettings = (page: string): string => page.replace(/<pre.*<\/pre>/s, '');

describe('page of a run', () => {
  it('holds the numbers, warnings, removals and hashes', () => {
    const text = page(run);
    for (const part of [
      '98.7',
      '4.11',
      'poor, 1 in a row',
      'removed: client 3',
      run.final!.weightsHash,
      run.settingsHash,
      'U-Net, 35,746,307 parameters',
    ]) {
      expect(text).toContain(part);
    }
    expect(text).toContain('alpha: 50');
    expect(withoutSettings(text)).not.toMatch(/null|undefined|NaN|\[object/);
  });

  it('says where a fork comes from', () => {
    const text = page({ ...run, forkedFrom: { run: 'other-0123456789', round: 1 } });
    expect(text).toContain('Forked after round 1 of <code>other-0123456789</code>');
  });

  it('says when a client comes back', () => {
    const text = page(runWithReturn);
    expect(text).toContain('<span class="tag removed">removed: client 3, back in round 6</span>');
    expect(text).toContain('<span class="tag removed">poor, 2 in a row: removed, back in round 6</span>');
  });

  it('says when personal layers left the clients', () => {
    const rounds = run.rounds.map((round) => ({ ...round, personalAverage: ref(`average ${round.round}`) }));
    expect(page({ ...run, rounds })).toContain('Personal layers left the clients');
    expect(page(run)).not.toContain('left the clients');
  });

  it('says what was spent of privacy, and what that does not cover', () => {
    const text = page(privateRun);
    expect(text).toContain('ε at δ = 0.00001');
    expect(text).toContain('4.50');
    expect(text).toContain('are not protected');
    expect(page(run)).not.toContain('ε');
  });

  it('needs nothing from elsewhere', () => {
    expect(page(run)).not.toMatch(/https?:|<script|<link|@import/);
  });

  it('shows what there is of a run that has only begun', () => {
    const begun = { ...run, state: 'running', phase: 'warm-up', finishedAt: null, classifier: null } as const;
    const text = page({ ...begun, untrained: null, warmup: null, rounds: [], final: null });
    expect(text).toContain('running');
    expect(text).toContain('warm-up');
    expect(withoutSettings(text)).not.toMatch(/null|undefined|NaN|<img/);
  });

  it('shows figures with their notes, and pictures within itself', async () => {
    const png = await sharp({ create: { width: 8, height: 8, channels: 3, background: '#a65' } })
      .png()
      .toBuffer();
    const chart = { ...chartsOf(run, [], null)[0]!, note: 'In 64 dimensions.' };
    const figures = await drawn([chart], [samplesPicture(png)]);
    const text = runPage({ run, figures, ui: 'http://127.0.0.1:8233/run' });
    expect(text).toMatch(/<img class="picture" alt="[^"]+" src="data:image\/webp;base64,[^"]{20,}"/);
    expect(text).toMatch(/<div role="img" aria-label="Lines of FID[^"]*"><svg aria-hidden="true"/);
    expect(text).toContain('In 64 dimensions.');
    expect(text).toContain('<a href="http://127.0.0.1:8233/run">in the Temporal UI</a>');
  });

  it('leads from the images to the final weights, and says how to check it', () => {
    const text = page(traced(run));
    expect(text).toContain(`npx phoenix verify ${run.run}`);
    expect(text).toContain('computed, from its checkpoint at 12');
    expect(text).toContain(ref('round 3 · average of 4 clients').hash.slice(0, 12));
    // Each of the weights once: those of the lineage are not listed again.
    expect(text.split(ref('base 2 3').hash)).toHaveLength(2);
    expect(text.split(ref('samples 2').hash)).toHaveLength(2);
  });

  it('escapes what it is given', () => {
    const text = page({ ...run, phase: '<b>"&\'' });
    expect(text).toContain('&#60;b&#62;&#34;&#38;&#39;');
    expect(text).not.toContain('<b>"');
  });
});
