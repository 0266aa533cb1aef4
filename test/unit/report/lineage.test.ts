import { expect, it } from 'vitest';
import { lineageOf } from '../../../phoenix/report/lineage.ts';
import { traced } from './example-report.ts';
import { ref, run } from './example-run.ts';

it('leads from the images to the last average, past samples and metrics', () => {
  const steps = lineageOf(traced(run));
  expect(steps.slice(0, 8).map(({ label, from }) => [label, from])).toEqual([
    ['divide the data among 4 clients', 'images and seed'],
    ['initial weights', 'seed'],
    ['warm-up · train, 4,000 images', 'initial weights, shared images'],
    ['round 1 · client 0 · train, 6,000 images', 'warm-up, own layers, own images'],
    ['round 1 · client 1 · train, 6,000 images', 'warm-up, own layers, own images'],
    ['round 1 · client 2 · train, 6,000 images', 'warm-up, own layers, own images'],
    ['round 1 · client 3 · train, 6,000 images', 'warm-up, own layers, own images'],
    ['round 1 · average of 4 clients', 'models of these clients'],
  ]);
  expect(steps).toHaveLength(3 + 3 * 5);
  expect(steps.at(-2)!.from).toBe('average of round 2, own layers, own images');
});

it('has the key of each step and the hash of what it gives', () => {
  const steps = lineageOf(traced(run));
  const trained = steps.find(({ label }) => label.startsWith('round 2 · client 3 · train'))!;
  expect(trained).toMatchObject({ gives: ref('base 2 3'), personal: ref('personal 2 3') });
  expect(trained.trace!.key).toBe(ref('round 2 · client 3 · train, 6,000 images').hash);
  expect(steps.at(-1)!.gives).toEqual(run.final!.global);
  expect(steps[1]!.gives).toBeNull();
  expect(steps[2]).toMatchObject({ gives: run.warmup!.model.base, trace: { resumedFrom: 12 } });
});

it('takes the average over all clients from the root of a tree, and the moving average after it', () => {
  const [first] = traced(run).rounds;
  const step = (label: string) => ({ ...first!.steps[0]!, label });
  const labels = [
    'round 1 · average of clients 0 to 1',
    'round 1 · average of clients 2 to 3',
    'round 1 · average of 4 clients, ε 1.20',
    'round 1 · moving average',
    'round 1 · average of personal layers of 4 clients, for evaluation only',
  ];
  const round = { ...first!, ema: ref('ema 1'), steps: labels.map(step) };
  const steps = lineageOf({ ...traced(run), rounds: [round] }).slice(3 + 4);
  expect(steps.map(({ label, from, gives }) => [label, from, gives?.hash ?? null])).toEqual([
    [labels[0], 'models of these clients', null],
    [labels[1], 'models of these clients', null],
    [labels[2], 'these averages', round.aggregated.hash],
    [labels[3], 'average of this round and all before', ref('ema 1').hash],
  ]);
});

it('says what little is known of a run without traces', () => {
  const steps = lineageOf({ ...run, warmup: null });
  expect(steps[0]).toMatchObject({ label: 'round 1 · client 0 · train', trace: null });
  expect(steps[0]!.from).toMatch(/^initial weights/);
  expect(lineageOf({ ...run, rounds: [] })).toEqual([]);
});
