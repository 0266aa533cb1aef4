/** A federated DCGAN on the real servers with the real engine, its worker killed in the middle of a training. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Experiment } from '../../phoenix/config/schema.ts';
import type { FullRun } from '../../phoenix/federation/records.ts';
import { Stack } from '../helpers/stack.ts';

const DCGAN = 'experiments/dcgan.yaml';
const TINY = [
  'data.clients=2',
  'model={kind: dcgan, latents: 8, generatorChannels: 2, discriminatorChannels: 2}',
  'training={batchSize: 8, steps: 400}',
  'federation.rounds=2',
  'filtering={rule: lowest, startRound: 1, samples: 50}',
  'evaluation.samples=100',
  'checkpoint.seconds=0.2',
];

let stack: Stack;
let document: FullRun<Experiment>;

beforeAll(async () => {
  stack = await Stack.start();
  const run = await stack.begin(DCGAN, TINY);
  await stack.untilStep(run, /^round 1 · client 1 · train/, 100);
  stack.kill('gpu-worker');
  document = (await stack.finish(DCGAN, TINY)) as FullRun<Experiment>;
});

afterAll(() => stack.stop());

describe('a run of the DCGAN', () => {
  it('finishes with metrics of the clients and of the average', () => {
    expect(document).toMatchObject({ state: 'finished', settings: { diffusion: null, sampling: null } });
    expect(document.rounds.map(({ metrics }) => metrics!.samples)).toEqual([100, 100]);
    for (const { clients } of document.rounds) {
      for (const { training, metrics } of clients) {
        expect(training).toMatchObject({ steps: 400, model: { personal: null } });
        expect(training.lastLoss).not.toBe(training.firstLoss);
        expect(metrics!.samples).toBe(50);
      }
    }
  });

  it('went on from a checkpoint, with the bytes of a training that was never interrupted', async () => {
    const steps = document.rounds.flatMap((round) => round.steps);
    const resumed = steps.find(({ label }) => label.startsWith('round 1 · client 1 · train'))!;
    expect(resumed.resumedFrom).toBeGreaterThan(0);
    const generated = steps.find(({ label }) => label.startsWith('round 2 · global model · generate'))!;
    for (const { key } of [resumed, generated]) {
      const printed = await stack.phoenix('verify', document.run, '--recompute', key, '--json');
      expect(JSON.parse(printed)).toMatchObject({ step: key, same: true });
    }
  });

  it('is said to be one, can be sampled, and is refused to diffusers', async () => {
    expect(await stack.phoenix('show', document.run)).toContain('DCGAN, ');
    const out = join(stack.folder, 'samples');
    await stack.phoenix('sample', document.run, '--count', '3', '--out', out);
    expect(readdirSync(out)).toHaveLength(3);
    const folder = join(stack.folder, 'exported');
    const order = ['export', document.run, '--format', 'diffusers', '--out', folder];
    const { code, stderr } = await stack.execute(...order);
    const refusal = `${document.run} has trained a DCGAN, and diffusers has no such network\n`;
    expect([code, stderr]).toEqual([2, refusal]);
  });
});
