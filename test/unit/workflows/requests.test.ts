import { expect, it } from 'vitest';
import { loadExperiment } from '../../../phoenix/config/load.ts';
import { trainRequest } from '../../../workflows/requests.ts';
import { ref } from '../report/example-run.ts';

const partition = ref('partition');
const incoming = { base: ref('base'), personal: null };
const trainingIn = (round: number, ...settings: string[]) => {
  const { experiment } = loadExperiment('experiments/tiny.yaml', settings);
  return trainRequest(experiment, { partition, client: round === 0 ? null : 1, round, incoming }).training;
};

it('the learning rate falls from round to round, and is the full one in the first and in the warm-up', () => {
  const rates = [0, 1, 2, 5].map((round) => trainingIn(round, 'training.roundDecay=0.5').learningRate);
  expect(rates).toEqual([0.001, 0.001, 0.0005, 0.001 / 16]);
});

it('without decay a training is told exactly what the settings say', () => {
  const { experiment } = loadExperiment('experiments/tiny.yaml');
  const { roundDecay, ...training } = experiment.training;
  expect(roundDecay).toBe(1);
  expect(trainingIn(700)).toEqual(training);
});
