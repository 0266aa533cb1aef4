/** Nothing that Phoenix says about a run with noise says anything about the noise. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { aggregate } from '../../../activities/steps/aggregate.ts';
import { recompute } from '../../../cli/recompute.ts';
import { asData } from '../../../cli/results.ts';
import type { Experiment } from '../../../phoenix/config/schema.ts';
import type { FullRun, RoundRecord } from '../../../phoenix/federation/records.ts';
import { summaryOf } from '../../../phoenix/federation/summary.ts';
import { auditMarkdown } from '../../../phoenix/report/audit.ts';
import { runPage } from '../../../phoenix/report/page/run-page.ts';
import { clientsTable, roundsTable } from '../../../phoenix/report/tables.ts';
import { encodeSafetensors } from '../../../phoenix/storage/safetensors.ts';
import { collectGarbage } from '../../../phoenix/storage/gc.ts';
import { findSeed } from '../../../phoenix/storage/noise-seeds.ts';
import { loadRounds, RunStore } from '../../../phoenix/storage/runs.ts';
import { verifyAll, verifyRun } from '../../../phoenix/storage/verify.ts';
import { stepContext } from '../../helpers/steps.ts';
import { privateRun } from '../report/example-run.ts';

/** The example's first round, with an average that was really made. */
async function lived() {
  const context = stepContext();
  const { blobs, store } = context;
  const model = (value: number) => new Map([['w', { shape: [2], data: Float32Array.of(value, 1) }]]);
  const request = {
    strategy: { kind: 'fedavg' },
    round: null,
    global: await blobs.putTensors(model(0)),
    state: {},
    clip: 1,
    noiseStd: 0.5,
    updates: [{ base: await blobs.putTensors(model(1)), weight: 1, loss: null }],
  } as const;
  const { result, step } = await aggregate(context, request);
  const steps = [{ label: 'round 1 · average of 1 client', ...step }];
  const record: RoundRecord = { ...privateRun.rounds[0]!, aggregated: result.model, steps };
  const document = { ...privateRun, rounds: [summaryOf(record, await blobs.putJson(record))] };
  await new RunStore(store).put(document);
  const run: FullRun<Experiment> = await loadRounds(blobs, document);
  const seed = (await findSeed(store, step.key))!;
  return { store, blobs, run, step, model: result.model, seed: Buffer.from(seed) };
}

describe('the seed of noise', () => {
  afterEach(() => void vi.restoreAllMocks());

  it('is in no table, page, audit, export or listing of what the store has', async () => {
    const { store, blobs, run, step, model, seed } = await lived();
    const said: string[] = [
      JSON.stringify(asData(run)),
      roundsTable(run),
      clientsTable(run),
      runPage({ run, figures: [], ui: null }),
      auditMarkdown(run, [
        {
          workflow: run.run,
          label: 'average',
          startedAt: run.startedAt,
          endedAt: run.finishedAt,
          worker: null,
          attempts: 1,
          retriedAfter: null,
          end: 'done',
          failure: null,
          step,
        },
      ]),
      Buffer.from(encodeSafetensors(await blobs.getTensors(model))).toString('latin1'),
    ];
    vi.spyOn(console, 'log').mockImplementation((line: string) => void said.push(line));
    expect(await recompute(store, run, step.key, true)).toBe(true);
    for await (const verdict of verifyAll(store)) said.push(JSON.stringify(verdict));
    for await (const verdict of verifyRun(store, run.experiment, run.run)) said.push(JSON.stringify(verdict));
    const nothingOpen = async () => ({ names: new Set<string>(), references: [] });
    store.age(24 * 3_600_000);
    await store.delete(`runs/${run.experiment}/${run.run}.json`);
    for await (const garbage of collectGarbage(store, nothingOpen, false)) said.push(JSON.stringify(garbage));

    const all = said.join('\n');
    expect(all).toContain(step.key);
    expect(all).toContain('"kind":"seed"');
    for (const form of ['hex', 'base64', 'base64url', 'latin1'] as const)
      expect(all.includes(seed.toString(form))).toBe(false);
  });
});
