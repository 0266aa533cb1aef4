/** One experiment from nothing to its results, on the real servers with the real engine. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Experiment } from '../../phoenix/config/schema.ts';
import type { FullRun } from '../../phoenix/federation/records.ts';
import { Stack, untilDead } from '../helpers/stack.ts';

const TINY = 'experiments/tiny.yaml';

let stack: Stack;
let document: FullRun<Experiment>;

beforeAll(async () => {
  stack = await Stack.start();
  document = (await stack.finish(TINY)) as FullRun<Experiment>;
});

afterAll(() => stack.stop());

describe('a run', () => {
  it('finishes with rounds, metrics, ledger, and one hash for its weights', () => {
    const { settings } = document;
    expect(document).toMatchObject({ state: 'finished', experiment: 'tiny', phase: 'finished' });
    expect(document.rounds.map(({ round }) => round)).toEqual([1, 2]);
    for (const { clients, metrics, samples } of document.rounds) {
      expect(samples.length).toBeGreaterThan(0);
      expect(metrics!.samples).toBe(settings.evaluation.samples);
      for (const { training, metrics: own } of clients) {
        expect(training.steps).toBe(settings.training.steps);
        expect(training.model.personal).not.toBe(null);
        expect(own!.samples).toBe(settings.filtering!.samples);
      }
    }
    expect(document.classifier!.testAccuracy).toBeGreaterThan(0.1);
    expect(document.untrained!.fid).toBeGreaterThan(0);
    expect(document.warmup!.lastLoss).toBeLessThan(document.warmup!.firstLoss);
    expect(document.final!.weightsHash).toMatch(/^[0-9a-f]{64}$/);
  });

  it('computes nothing when it is asked for again', async () => {
    const before = await stack.manifests();
    expect(await stack.finish(TINY)).toEqual(document);
    expect((await stack.manifests()).length).toBe(before.length);
  });

  it('shares its steps with a run that goes on for longer', async () => {
    const longer = await stack.finish(TINY, ['federation.rounds=3']);
    expect(longer.rounds.slice(0, 2).map(({ aggregated }) => aggregated)).toEqual(
      document.rounds.map(({ aggregated }) => aggregated),
    );
    const trained = (await stack.manifests()).filter(({ identity }) => identity.name === 'train');
    // The warm-up once, two clients in each of the first two rounds, and whoever is left in the third.
    expect(trained.length).toBe(1 + 2 + 2 + longer.rounds[2]!.clients.length);
  });

  it('exports a client’s own network, and another experiment starts from it', async () => {
    const folder = join(stack.folder, 'exported');
    const order = ['export', document.run, '--format', 'diffusers', '--out', folder];
    const { code, stderr } = await stack.execute(...order);
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining('no whole network belongs to everybody; --client'),
    ]);

    const { client, ref } = document.final!.personal[0]!;
    await stack.phoenix(...order, '--client', String(client));
    const next = (await stack.finish(TINY, [
      `init.from=${folder}`,
      'federation.rounds=1',
    ])) as FullRun<Experiment>;
    const made = (await stack.manifests()).filter(({ identity }) => identity.name === 'initialise');
    expect(made.map(({ identity, result }) => [identity.inputs, result])).toContainEqual([
      next.settings.init,
      { base: document.final!.global, personal: ref },
    ]);
  });

  it('is shown with all that the store has of it', async () => {
    const shown = JSON.parse(await stack.phoenix('show', document.run, '--json')) as FullRun;
    expect(shown).toMatchObject({ run: document.run, final: document.final, rounds: document.rounds });
  });

  it('leaves nothing running when the stack goes down, and is still there when it comes back', async () => {
    const pids = stack.state.processes.map(({ pid }) => pid!);
    await stack.phoenix('down');
    await untilDead(pids, 5);
    await stack.phoenix('up');
    expect(await stack.finish(TINY)).toEqual(document);
  });
});
