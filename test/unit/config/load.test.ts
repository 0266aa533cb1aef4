import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findWeights } from '../../../phoenix/config/feature-weights.ts';
import { loadExperiment } from '../../../phoenix/config/load.ts';
import { unresolved } from '../../../phoenix/config/resolve.ts';
import { inFolderOfItsOwn, load } from '../../helpers/settings-file.ts';

const root = join(import.meta.dirname, '../../..');

inFolderOfItsOwn();

describe('a good file', () => {
  it("is the paper's experiment when it only has a name", () => {
    const { experiment } = load('name: paper');
    expect(experiment).toEqual({
      name: 'paper',
      seed: 2023,
      data: {
        source: 'cifar10',
        imageSize: 32,
        clients: 10,
        partition: { kind: 'classes', classesPerClient: 2 },
        sharing: null,
      },
      model: {
        kind: 'unet',
        channels: [128, 256, 256, 256],
        layersPerBlock: 2,
        attention: [false, true, false, false],
        headChannels: null,
        groups: 32,
        normEpsilon: 1e-6,
        frequencyShift: 1,
        cosineFirst: false,
        downsamplePadding: 0,
      },
      diffusion: { steps: 1000, schedule: 'cosine', betaStart: 0.0001, betaEnd: 0.02 },
      init: null,
      training: {
        learningRate: 0.0001,
        schedule: { kind: 'constant', warmupSteps: 0 },
        roundDecay: 1,
        batchSize: 128,
        epochs: 100,
        steps: null,
        clipNorm: null,
        flip: true,
        crop: 0,
        precision: 'float32',
      },
      federation: {
        rounds: 10,
        strategy: { kind: 'fedavg' },
        personalization: 'none',
        privacy: null,
        participation: { fraction: 1, minimum: 1, deadline: null, minimumResults: 1 },
        ema: null,
      },
      sampling: { method: 'ddim', steps: 100, spacing: 'leading', eta: 0, clip: true },
      filtering: null,
      evaluation: { rounds: 'all', samples: 10_000, neighbours: 3, personal: 'own' },
      features: {
        kind: 'cifar-classifier',
        labels: 'own',
        weights: findWeights('cifar-classifier', 32),
        labeller: null,
      },
      checkpoint: { seconds: 30 },
    });
  });

  it('fills in the defaults inside optional blocks', () => {
    const { data, filtering } = load(
      'name: x\ndata: { sharing: { beta: 5, alpha: 100 } }\nfiltering: { rule: threshold, threshold: 0.6 }',
    ).experiment;
    expect(data.sharing).toEqual({
      serverImages: 10_000,
      beta: 5,
      alpha: 100,
      subset: 'perClient',
      warmup: { epochs: 100, steps: null, until: null },
    });
    expect(filtering).toEqual({
      rule: 'threshold',
      threshold: 0.6,
      metric: 'precision',
      strikes: 2,
      startRound: 5,
      minimumClients: 1,
      removal: 'permanent',
      skipRounds: null,
      samples: 1000,
    });
  });

  it('counts the rounds of a temporary removal: one, or as many as are said', () => {
    const skipped = (more: string) =>
      load(`name: x\nfiltering: { rule: lowest, removal: temporary${more} }`).experiment.filtering
        ?.skipRounds;
    expect([skipped(''), skipped(', skipRounds: 3')]).toEqual([1, 3]);
  });

  it('counts training in steps or in epochs', () => {
    expect(load('name: x\ntraining: { steps: 7 }').experiment.training).toMatchObject({
      epochs: null,
      steps: 7,
    });
    expect(load('name: x\ntraining: { epochs: 7 }').experiment.training).toMatchObject({
      epochs: 7,
      steps: null,
    });
    expect(load('name: x\ntraining: { flip: false }').experiment.training).toMatchObject({
      epochs: 100,
      steps: null,
    });
  });

  it('names personal layers by a word or by a list', () => {
    const personalization = (value: string) =>
      load(`name: x\nfederation: { personalization: ${value} }`).experiment.federation.personalization;
    expect(personalization('lastDecoderBlock')).toBe('lastDecoderBlock');
    expect(personalization('[up_blocks.3.*, conv_out.bias]')).toEqual(['up_blocks.3.*', 'conv_out.bias']);
  });

  it('has no length of training with FedSGD, and one for its warm-up', () => {
    const { training, data } = load(
      'name: x\ndata: { sharing: { beta: 5, alpha: 100 } }\ntraining: { schedule: { kind: cosine } }\nfederation: { strategy: { kind: fedsgd } }',
    ).experiment;
    expect(training).toMatchObject({ epochs: null, steps: null });
    expect(data.sharing!.warmup).toMatchObject({ epochs: 100, steps: null });
  });

  it('is the paper’s baseline when its network is the DCGAN', () => {
    const { experiment } = load('name: paper\nmodel: { kind: dcgan }');
    const unet = load('name: paper').experiment;
    expect(experiment).toEqual({
      ...unet,
      model: { kind: 'dcgan', latents: 100, generatorChannels: 64, discriminatorChannels: 64 },
      diffusion: null,
      sampling: null,
      training: { ...unet.training, learningRate: 2e-4, epochs: 50 },
    });
    // What is resolved may be written.
    expect(load(JSON.stringify(unresolved(experiment).value)).experiment).toEqual(experiment);
  });

  it('has the U-Net for its network unless it says so', () => {
    expect(load('name: x\nmodel: { kind: unet }').run).toBe(load('name: x').run);
    expect(load('name: x', ['model.kind=dcgan']).experiment.model.kind).toBe('dcgan');
  });

  it('may use anchors', () => {
    const { experiment } = load(
      'name: x\nmodel: { groups: 8, channels: &c [8, 16, 32], attention: [false, false, true] }\nfeatures: { kind: classifier, channels: *c }',
    );
    expect(experiment).toMatchObject({
      model: { channels: [8, 16, 32] },
      features: { channels: [8, 16, 32] },
    });
  });

  it.each(['quickstart', 'tiny', 'chaos', 'dcgan', 'paper/baseline', 'paper/data-sharing'])(
    '%s.yaml is one',
    (path) => {
      const { experiment, run } = loadExperiment(join(root, 'experiments', `${path}.yaml`));
      const name = path.replace('/', '-');
      expect(experiment.name).toBe(name);
      expect(run).toMatch(new RegExp(`^${name}-[0-9a-f]{10}$`));
    },
  );

  it('has one client where training is centralized, ten otherwise', () => {
    const clients = (partition: string) =>
      load(`name: x\ndata: { partition: ${partition} }`).experiment.data.clients;
    expect(clients('{ kind: centralized }')).toBe(1);
    expect(clients('{ kind: dirichlet }')).toBe(10);
  });

  it.each([
    ['{ kind: dirichlet }', { kind: 'dirichlet', concentration: 0.5, minimumImages: 10 }],
    ['{ kind: quantity, concentration: 2 }', { kind: 'quantity', concentration: 2, minimumImages: 10 }],
    ['{ kind: feature }', { kind: 'feature', noise: 0.1 }],
  ])('knows the partition %s', (partition, expected) => {
    expect(load(`name: x\ndata: { partition: ${partition} }`).experiment.data.partition).toEqual(expected);
  });

  it('may end its warm-up at a target', () => {
    const until = (block: string) =>
      load(`name: x\ndata: { sharing: { beta: 5, alpha: 5, warmup: { until: ${block} } } }`).experiment.data
        .sharing!.warmup;
    expect(until('{ metric: loss, target: 0.05 }')).toEqual({
      epochs: 100,
      steps: null,
      until: { metric: 'loss', target: 0.05, every: 10 },
    });
    expect(until('{ metric: precision, target: 0.6, every: 5 }').until).toEqual({
      metric: 'precision',
      target: 0.6,
      every: 5,
      samples: 1000,
    });
  });
});

describe('the run', () => {
  const run = (yaml: string, overrides?: string[]) => load(`name: x\n${yaml}`, overrides).run;

  it('is named by the experiment and the hash of its settings', () => {
    const { settingsHash, run: name } = load('name: x');
    expect(settingsHash).toMatch(/^[0-9a-f]{64}$/);
    expect(name).toBe(`x-${settingsHash.slice(0, 10)}`);
  });

  it('is the same for the same settings, however they are written', () => {
    expect(run('seed: 5\ndata: { clients: 10, imageSize: 32 }')).toBe(
      run('data:\n  imageSize: 32\nseed: 5 # five'),
    );
    expect(run('', ['seed=5'])).toBe(run('seed: 5'));
    expect(run('seed: 2023')).toBe(run(''));
  });

  it('changes with every setting but the checkpoint interval', () => {
    expect(run('checkpoint: { seconds: 1 }')).toBe(run(''));
    expect(run('seed: 5')).not.toBe(run(''));
    expect(run('training: { steps: 100 }')).not.toBe(run('training: { epochs: 100 }'));
  });
});
