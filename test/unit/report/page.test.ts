import { describe, expect, it } from 'vitest';
import { runPage } from '../../../phoenix/report/page.ts';
import { privateRun, ref, run, runWithReturn } from './example-run.ts';

const grid = Uint8Array.of(1, 2, 3);

/** Settings may be null. */
const withoutSettings = (page: string): string => page.replace(/<pre.*<\/pre>/s, '');

describe('page of a run', () => {
  it('holds the numbers, warnings, removals, hashes and the picture', () => {
    const page = runPage(run, { grid: grid, figures: [] });
    for (const text of [
      '98.7',
      '4.11',
      'poor, 1 in a row',
      'removed: client 3',
      run.final!.weightsHash,
      run.settingsHash,
      'U-Net, 35,746,307 parameters',
    ]) {
      expect(page).toContain(text);
    }
    expect(page).toContain('src="data:image/png;base64,AQID"');
    expect(page).toContain('alpha: 50');
    expect(withoutSettings(page)).not.toMatch(/null|undefined|NaN|\[object/);
  });

  it('says where a fork comes from', () => {
    const page = runPage(
      { ...run, forkedFrom: { run: 'other-0123456789', round: 1 } },
      { grid: null, figures: [] },
    );
    expect(page).toContain('Forked after round 1 of <code>other-0123456789</code>');
  });

  it('says when a client comes back', () => {
    const page = runPage(runWithReturn, { grid: grid, figures: [] });
    expect(page).toContain('<span class="tag removed">removed: client 3, back in round 6</span>');
    expect(page).toContain('<span class="tag removed">poor, 2 in a row: removed, back in round 6</span>');
  });

  it('says when personal layers left the clients', () => {
    const rounds = run.rounds.map((round) => ({ ...round, personalAverage: ref(`average ${round.round}`) }));
    expect(runPage({ ...run, rounds }, { grid: null, figures: [] })).toContain(
      'Personal layers left the clients',
    );
    expect(runPage(run, { grid: null, figures: [] })).not.toContain('left the clients');
  });

  it('says what was spent of privacy, and what that does not cover', () => {
    const page = runPage(privateRun, { grid: grid, figures: [] });
    expect(page).toContain('ε at δ = 0.00001');
    expect(page).toContain('4.50');
    expect(page).toContain('are not protected');
    expect(runPage(run, { grid: grid, figures: [] })).not.toContain('ε');
  });

  it('needs nothing from elsewhere', () => {
    expect(runPage(run, { grid: grid, figures: [] })).not.toMatch(/https?:|<script|<link|@import/);
  });

  it('shows what there is of a run that has only begun', () => {
    const begun = { ...run, state: 'running', phase: 'warm-up', finishedAt: null, classifier: null } as const;
    const page = runPage(
      { ...begun, untrained: null, warmup: null, rounds: [], final: null },
      { grid: null, figures: [] },
    );
    expect(page).toContain('running');
    expect(page).toContain('warm-up');
    expect(withoutSettings(page)).not.toMatch(/null|undefined|NaN|<img/);
  });

  it('escapes what it is given', () => {
    const page = runPage({ ...run, phase: '<b>"&\'' }, { grid: null, figures: [] });
    expect(page).toContain('&#60;b&#62;&#34;&#38;&#39;');
    expect(page).not.toContain('<b>"');
  });
});
