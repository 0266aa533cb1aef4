/** One experiment from nothing to its results, on the real servers with the real engine. */
import { readdirSync, readFileSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WhatIf } from '../../cli/what-if.ts';
import type { Experiment } from '../../phoenix/config/schema.ts';
import type { FullRun, ModelRef } from '../../phoenix/federation/records.ts';
import type { ClientTraffic } from '../../phoenix/federation/traffic.ts';
import { blobKey } from '../../phoenix/storage/blobs.ts';
import { Stack, untilDead } from '../helpers/stack.ts';

const TINY = 'experiments/tiny.yaml';
const twoHoursAgo = new Date(Date.now() - 7_200_000);

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

  it('protects its clients, and keeps the seeds of the noise to itself', async () => {
    const privacy = 'federation.privacy={ clip: 1, noiseMultiplier: 2, delta: 0.001 }';
    const { run, rounds } = await stack.finish(TINY, ['filtering=null', privacy]);
    expect(rounds.map(({ privacy: spent }) => spent!.epsilon!.toFixed(3))).toEqual(['1.546', '2.330']);
    expect(await stack.phoenix('show', run)).toContain('ε at δ = 0.001');
    const { key } = rounds[1]!.steps.find(({ label }) => label.startsWith('round 2 · average'))!;
    const printed = await stack.phoenix('verify', run, '--recompute', key, '--json');
    expect(JSON.parse(printed)).toMatchObject({ step: key, same: true });

    const seeds = [...stack.objects().keys()].filter((name) => name.startsWith('secrets/'));
    expect(seeds).toHaveLength(2);
    expect(seeds).toContain(`secrets/noise/${key}.json`);
    const forms = seeds.flatMap((name) => {
      const sealed = JSON.parse(readFileSync(stack.file(name), 'utf8')) as { body: { seed: string } };
      const seed = Buffer.from(sealed.body.seed, 'hex');
      return [seed, Buffer.from(seed.toString('hex')), Buffer.from(seed.toString('base64'))];
    });
    const holds = (bytes: Buffer) => forms.some((form) => bytes.includes(form));
    expect(holds(readFileSync(stack.file(seeds[0]!)))).toBe(true);
    const said = [
      await stack.phoenix('audit', run, '--json'),
      await stack.phoenix('verify', '--all', '--json'),
    ];
    for (const text of said) expect(holds(Buffer.from(text))).toBe(false);
    // Objects, the server's database of histories, logs, pages: all that is left of a run.
    for (const file of readdirSync(stack.folder, { recursive: true, encoding: 'utf8' })) {
      const path = join(stack.folder, file);
      if (!statSync(path).isFile() || file.includes('/secrets/')) continue;
      expect(holds(readFileSync(path)), file).toBe(false);
    }
  });

  it('is shown with all that the store has of it', async () => {
    const shown = JSON.parse(await stack.phoenix('show', document.run, '--json')) as FullRun;
    expect(shown).toMatchObject({ run: document.run, final: document.final, rounds: document.rounds });
  });

  it('tells what another rule would have done, and computes nothing for it', async () => {
    const before = stack.objects();
    const asked = ['what-if', document.run, '--rule', 'threshold=1', '--metric', 'recall', '--strikes', '1'];
    const answer = JSON.parse(await stack.phoenix(...asked, '--json')) as WhatIf;
    expect(answer).toMatchObject({ run: document.run, really: { rule: 'lowest' }, partsIn: 2 });
    expect(answer.rounds.map(({ really }) => really.poor)).toEqual(document.rounds.map(({ poor }) => poor));
    expect(answer.rounds[0]!.whatIf.removed).toHaveLength(1);
    expect(await stack.phoenix(...asked)).toContain('From round 2 on other clients would have taken part');
    expect(stack.objects()).toEqual(before);
    const refused = await stack.execute('what-if', document.run, '--rule', 'threshold=7');
    expect([refused.code, refused.stderr]).toEqual([
      2,
      '--rule threshold=7 filtering.threshold: 7 is out of range; allowed: 0 to 1\n',
    ]);
  });

  it('says how many bytes went to each client and came from it: as many as the store has', async () => {
    const shown = JSON.parse(await stack.phoenix('show', document.run, '--json')) as {
      traffic: { round: number; clients: ClientTraffic[] }[];
    };
    const stored = ({ base, personal }: ModelRef): number =>
      [base, personal!].reduce(
        (sum, { hash }) => sum + statSync(stack.file(blobKey({ hash, bytes: 0 }))).size,
        0,
      );
    const before = new Map(document.clients.map(({ id }) => [id, document.initial!]));
    expect(shown.traffic).toEqual(
      document.rounds.map(({ round, clients, aggregated }) => {
        const traffic = clients.map(({ client, training }) => ({
          client,
          down: stored(before.get(client)!),
          up: stored(training.model),
        }));
        const blocks = new Map(clients.map(({ client, training }) => [client, training.model.personal]));
        for (const [id, model] of before)
          before.set(id, { base: aggregated, personal: blocks.get(id) ?? model.personal });
        return { round, clients: traffic };
      }),
    );
  });

  it('computes its steps again with the same bytes, and leaves the store as it was', async () => {
    const before = stack.objects();
    for (const wanted of [
      /^round 1 · client 0 · train/,
      /^round 2 · average/,
      /^round 2 · client 1 · generate/,
      /^round 1 · global metrics/,
    ]) {
      const { key } = document.rounds.flatMap(({ steps }) => steps).find(({ label }) => wanted.test(label))!;
      const printed = await stack.phoenix('verify', document.run, '--recompute', key.slice(0, 12), '--json');
      expect(JSON.parse(printed)).toMatchObject({ step: key, same: true });
    }
    expect(stack.objects()).toEqual(before);
    const refused = await stack.execute('verify', document.run, '--recompute', 'none');
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('has no step none;')]);
  });

  it('keeps all that it needs when the store is tidied up', async () => {
    expect(await stack.phoenix('verify', document.run)).toMatch(/^\d+ objects, 0 with problems\n$/);
    expect(await stack.phoenix('verify', '--all')).toMatch(/^\d+ objects, 0 with problems\n$/);
    // Everything has to be older than what may still be unnoted, and something has to be reached by nobody.
    for (const key of stack.objects().keys()) {
      const file = stack.file(key);
      if (key.startsWith('runs/') && !key.includes(document.run)) rmSync(file);
      else utimesSync(file, twoHoursAgo, twoHoursAgo);
    }
    const before = stack.objects();
    const plan = JSON.parse(await stack.phoenix('gc', '--json')) as Record<string, { objects: number }>;
    expect(plan).toMatchObject({ removed: false });
    expect(plan['blob']!.objects).toBeGreaterThan(0);
    expect(plan['step']!.objects).toBeGreaterThan(0);
    expect(plan['seed']!.objects).toBe(2);
    expect(stack.objects()).toEqual(before);
    expect(JSON.parse(await stack.phoenix('gc', '--delete', '--json'))).toEqual({ ...plan, removed: true });
    const after = stack.objects();
    expect(after.size).toBe(before.size - plan['blob']!.objects - plan['step']!.objects - 2);
    expect(await stack.phoenix('verify', '--all')).toContain(' 0 with problems');
    expect(JSON.parse(await stack.phoenix('show', document.run, '--json'))).toMatchObject({
      final: document.final,
    });

    const steps = (await stack.manifests()).length;
    const fork = JSON.parse(
      await stack.phoenix('fork', document.run, '--round', '1', '--set', 'sampling.steps=5', '--json'),
    ) as FullRun;
    expect(fork.rounds[0]).toEqual(document.rounds[0]);
    const trained = fork.rounds[1]!.steps.filter(({ label }) => label.includes('train'));
    expect(trained.every(({ reused }) => reused)).toBe(true);
    expect((await stack.manifests()).length).toBeGreaterThan(steps);
    expect(await stack.phoenix('verify', '--all')).toContain(' 0 with problems');
  });

  it('leaves nothing running when the stack goes down, and is still there when it comes back', async () => {
    const pids = stack.state.processes.map(({ pid }) => pid!);
    await stack.phoenix('down');
    await untilDead(pids, 5);
    await stack.phoenix('up');
    expect(await stack.finish(TINY)).toEqual(document);
  });
});
