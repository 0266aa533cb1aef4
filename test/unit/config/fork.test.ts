import { describe, expect, it } from 'vitest';
import { forkExperiment } from '../../../phoenix/config/fork.ts';
import { loadExperiment } from '../../../phoenix/config/load.ts';

const { experiment, settingsHash } = loadExperiment('experiments/tiny.yaml');
const dcgan = loadExperiment('experiments/dcgan.yaml').experiment;
const parent = { run: 'tiny-0123456789', round: 1 };

describe('the settings of a fork', () => {
  it('are the parent’s with what was changed, under a name that tells forks apart', () => {
    const plain = forkExperiment(experiment, parent, []);
    expect(plain).toMatchObject({ experiment, settingsHash });
    const slower = forkExperiment(experiment, parent, ['training.learningRate=0.0001']);
    expect(slower.experiment.training).toEqual({ ...experiment.training, learningRate: 0.0001 });
    const names = [plain, slower, forkExperiment(experiment, { ...parent, round: 2 }, [])].map(
      ({ run }) => run,
    );
    expect(new Set(names).size).toBe(3);
    for (const name of names) expect(name).toMatch(/^tiny-[0-9a-f]{10}$/);
  });

  it('have the defaults of the parent’s network', () => {
    const fork = forkExperiment(dcgan, parent, ['training={}']).experiment;
    expect(fork.training).toMatchObject({ learningRate: 2e-4, epochs: 50 });
    expect(fork).toMatchObject({ model: dcgan.model, diffusion: null, sampling: null });
    expect(() => forkExperiment(dcgan, parent, ['sampling={method: ddim}'])).toThrow(
      '--set sampling={method: ddim} sampling: {"method":"ddim"} is not allowed; allowed: nothing with model.kind dcgan',
    );
  });

  it.each([
    ['seed=3', '--set seed=3 seed: cannot change in a fork; allowed: training, federation.rounds,'],
    ['data.clients=3', '--set data.clients=3 data.clients: cannot change in a fork'],
    ['federation.personalization=none', 'federation.personalization: cannot change in a fork'],
    ['training.batchSize=0', '--set training.batchSize=0 training.batchSize: 0 is out of range'],
    ['trainings.steps=1', 'trainings.steps: cannot change in a fork'],
  ])('refuse %s', (override, message) => {
    expect(() => forkExperiment(experiment, parent, [override])).toThrow(message);
  });
});
