import { expect, it } from 'vitest';
import { loadExperiment } from '../../../phoenix/config/load.ts';
import { loadSweep } from '../../../phoenix/config/sweep.ts';
import type { Experiment } from '../../../phoenix/config/schema.ts';
import { comparedSettings, differencesOf } from '../../../phoenix/report/compared-settings.ts';
import type { Run } from '../../../phoenix/report/groups.ts';
import { exampleMetrics } from '../../helpers/example-metrics.ts';
import { run } from './example-run.ts';

const paperMetrics = exampleMetrics({
  samples: 10_000,
  referenceImages: 10_000,
  labeller: 'lanet',
});

/** A run of ten rounds of these settings, whose clients have equal parts of all images. */
function asRun(settings: Experiment): Run {
  const { clients: count, sharing } = settings.data;
  const shared = sharing ? (sharing.beta / 100) * 40_000 : 0;
  return {
    ...run,
    settings,
    sharedImages: shared,
    rounds: Array.from({ length: settings.federation.rounds }, (_, i) => ({
      ...run.rounds[0]!,
      round: i + 1,
    })),
    clients: Array.from({ length: count }, (_, id) => ({
      id,
      classes: [0, 1],
      ownImages: (sharing ? 40_000 : 50_000) / count,
      sharedImages: sharing ? (sharing.alpha / 100) * shared : 0,
    })),
  };
}

const differing = (settings: Experiment): string[] =>
  comparedSettings(asRun(settings), paperMetrics)
    .filter(({ ours, paper }) => ours !== paper)
    .map(({ name }) => name);

it.each([1, 2, 3, 4])('finds nothing but the extractor in the paper’s own table %i', (table) => {
  const { cells } = loadSweep(`experiments/paper/table${table}.yaml`);
  for (const { loaded } of cells)
    expect(differing(loaded.experiment)).toEqual(['Features of FID, precision and recall']);
});

it('says one by one what is smaller in the reduced twins', () => {
  const [cell] = loadSweep('experiments/reduced/table3.yaml').cells;
  const found = comparedSettings(asRun(cell!.loaded.experiment), exampleMetrics({ samples: 2000 }));
  const said = new Map(found.map(({ name, ours, paper }) => [name, [ours, paper]]));
  expect(said.get('Images')).toEqual(['CIFAR-10, 16×16 pixels', 'CIFAR-10, 32×32 pixels']);
  expect(said.get('Network')).toEqual(['U-Net, 367,995 parameters', 'U-Net, 35,746,307 parameters']);
  expect(said.get('Images of each client')).toEqual(['6,000', '6,000']);
  expect(said.get('Training of a client in a round')).toEqual(['120 steps (0.6 epochs)', '100 epochs']);
  expect(said.get('Warm-up')).toEqual(['1,200 steps', '100 epochs']);
  expect(said.get('Batch size')).toEqual(['32', '128']);
  expect(said.get('Sampling')).toEqual(['DDIM, 25 steps', 'DDIM, 100 steps']);
  expect(said.get('Samples measured')).toEqual([
    '2,000 against 1,000 test images',
    '10,000 against 10,000 test images',
  ]);
});

it('names settings that the paper does not speak of by their paths', () => {
  const { experiment } = loadExperiment('experiments/paper/baseline.yaml', [
    'training.crop=4',
    'federation.participation.fraction=0.5',
  ]);
  const found = comparedSettings(asRun(experiment), paperMetrics).filter(({ source }) => source === null);
  expect(found.map(({ name, ours, paper }) => [name, ours, paper])).toEqual([
    ['training.crop', '4', '0'],
    [
      'federation.participation',
      'deadline none, fraction 0.5, minimum 1, minimumResults 1',
      'deadline none, fraction 1, minimum 1, minimumResults 1',
    ],
  ]);
});

it('has a line for each pair of values in a table, and the rows that it holds for', () => {
  const setting = (name: string, ours: string) => ({ name, ours, paper: '10', reading: null, source: null });
  const { lines, same } = differencesOf([
    { title: 'a', settings: [setting('rounds', '3'), setting('clients', '10')] },
    { title: 'b', settings: [setting('rounds', '5'), setting('clients', '10')] },
    { title: 'c', settings: [setting('rounds', '3'), setting('clients', '10')] },
  ]);
  expect(lines.map(({ setting: { ours }, rows }) => [ours, [...rows]])).toEqual([
    ['3', ['a', 'c']],
    ['5', ['b']],
  ]);
  expect(same).toEqual(['clients']);
});
