import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadExperiment, SettingsError } from '../../../phoenix/config/load.ts';

const root = join(import.meta.dirname, '../../..');
const before = process.cwd();
let folder: string;

// Messages name the file as it was given: relative to the current directory.
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'phoenix-config-'));
  process.chdir(folder);
});

afterAll(() => {
  process.chdir(before);
  rmSync(folder, { recursive: true });
});

function load(yaml: string, overrides: string[] = []) {
  writeFileSync('x.yaml', yaml);
  return loadExperiment('x.yaml', overrides);
}

function errorOf(work: () => unknown): SettingsError {
  try {
    work();
  } catch (error) {
    expect(error).toBeInstanceOf(SettingsError);
    return error as SettingsError;
  }
  throw new Error('there was no error');
}

/** The message, which is one line. */
const message = (yaml: string, overrides?: string[]) => {
  const text = errorOf(() => load(yaml, overrides)).message;
  expect(text).not.toContain('\n');
  return text;
};

const strategies =
  'fedavg, fedsgd, fedprox, fedavgm, fedadam, fedyogi, fedadagrad, qfedavg, median, trimmedMean, krum, multiKrum';

const topLevel =
  'name, seed, data, model, diffusion, init, training, sampling, federation, filtering, evaluation, features, checkpoint';

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
      evaluation: { samples: 10_000, neighbours: 3, personal: 'own' },
      features: {
        kind: 'classifier',
        channels: [16, 32, 64],
        epochs: 3,
        images: null,
        learningRate: 0.001,
        batchSize: 128,
        dimensions: 64,
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
    expect(load(JSON.stringify(experiment)).experiment).toEqual(experiment);
  });

  it('has the U-Net for its network unless it says so', () => {
    expect(load('name: x\nmodel: { kind: unet }').run).toBe(load('name: x').run);
    expect(load('name: x', ['model.kind=dcgan']).experiment.model.kind).toBe('dcgan');
  });

  it('may use anchors', () => {
    const { experiment } = load(
      'name: x\nmodel: { groups: 8, channels: &c [8, 16, 32], attention: [false, false, true] }\nfeatures: { channels: *c }',
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

describe('overrides', () => {
  const value = (...overrides: string[]) =>
    load(
      'name: x\ndata:\n  clients: 3\n  sharing: { beta: 5, alpha: 50 }\nmodel: { channels: [32, 64], attention: [false, true] }',
      overrides,
    ).experiment;

  it('replace, add and make blocks on the way', () => {
    expect(value('data.clients=5').data.clients).toBe(5);
    expect(value('federation.rounds=3').federation.rounds).toBe(3);
    expect(value('filtering.rule=lowest').filtering?.rule).toBe('lowest');
  });

  it('have YAML values: lists, blocks, null', () => {
    expect(value('model.attention=[true, true]').model).toMatchObject({ attention: [true, true] });
    expect(value('sampling={method: ancestral}').sampling).toEqual({
      method: 'ancestral',
      steps: null,
      variance: 'fixedSmall',
      clip: true,
    });
    expect(value('data.sharing=null').data.sharing).toBeNull();
  });

  it('reach into lists', () => {
    expect(value('model.channels.1=96').model).toMatchObject({ channels: [32, 96] });
  });

  it('apply in order', () => {
    expect(value('seed=1', 'seed=2').seed).toBe(2);
    expect(
      value('data.sharing=null', 'data.sharing={beta: 5, alpha: 1}', 'data.sharing.alpha=2').data.sharing,
    ).toMatchObject({ alpha: 2 });
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

describe('a value that is not allowed', () => {
  it.each([
    [
      'data: { sharing: { beta: 5, alpha: 120 } }',
      'x.yaml:2:36 data.sharing.alpha: 120 is out of range; allowed: 0 to 100',
    ],
    [
      'data: { sharing: { beta: 5, alpha: -1 } }',
      'x.yaml:2:36 data.sharing.alpha: -1 is out of range; allowed: 0 to 100',
    ],
    [
      'data:\n  sharing:\n    alpha: 5\n    beta: 0',
      'x.yaml:5:11 data.sharing.beta: 0 is out of range; allowed: above 0, at most 100',
    ],
    [
      'data:\n  sharing:\n    alpha: 5',
      'x.yaml:3:3 data.sharing.beta: is missing; allowed: above 0, at most 100',
    ],
    [
      'data: { clients: "4" }',
      'x.yaml:2:18 data.clients: "4" is not a number; allowed: whole numbers from 1 to 1000',
    ],
    [
      'data: { clients: 0 }',
      'x.yaml:2:18 data.clients: 0 is out of range; allowed: whole numbers from 1 to 1000',
    ],
    ['seed: 1.5', 'x.yaml:2:7 seed: 1.5 is not a whole number; allowed: whole numbers from 0 to 2147483647'],
    ['seed: .nan', 'x.yaml:2:7 seed: NaN is not a number; allowed: whole numbers from 0 to 2147483647'],
    ['seed:', 'x.yaml:2:6 seed: null is not a number; allowed: whole numbers from 0 to 2147483647'],
    ['data: { imageSize: 17 }', 'x.yaml:2:20 data.imageSize: 17 is not allowed; allowed: 8, 16, 32'],
    [
      'data: []',
      'x.yaml:2:7 data: [] is not a block of settings; allowed: source, imageSize, clients, partition, sharing',
    ],
    [
      'data: { partition: { kind: random } }',
      'x.yaml:2:28 data.partition.kind: "random" is not allowed; allowed: classes, iid, centralized, dirichlet, quantity, feature',
    ],
    [
      'data: { partition: {} }',
      'x.yaml:2:9 data.partition.kind: is missing; allowed: classes, iid, centralized, dirichlet, quantity, feature',
    ],
    [
      'data: { partition: iid }',
      'x.yaml:2:20 data.partition: "iid" is not a block of settings; allowed: a block with kind: classes, iid, centralized, dirichlet, quantity, feature',
    ],
    [
      'data: { partition: { kind: classes, classesPerClient: 11 } }',
      'x.yaml:2:55 data.partition.classesPerClient: 11 of 10 classes; allowed: 1 to 10',
    ],
    [
      'model: { channels: [] }',
      'x.yaml:2:20 model.channels: a list of 0 is too short; allowed: a list of 1 to 6 channel numbers',
    ],
    [
      'model: { channels: [8, x] }',
      'x.yaml:2:24 model.channels.1: "x" is not a number; allowed: whole numbers from 1 to 1024',
    ],
    [
      'model: { channels: [1, 2, 3, 4, 5, 6, 7] }',
      'x.yaml:2:20 model.channels: a list of 7 is too long; allowed: a list of 1 to 6 channel numbers',
    ],
    [
      'model: { attention: [yes] }',
      'x.yaml:2:22 model.attention.0: "yes" is not true or false; allowed: true, false',
    ],
    ['model: { kind: gan }', 'x.yaml:2:16 model.kind: "gan" is not allowed; allowed: unet, dcgan'],
    [
      'model: { kind: dcgan, latents: 0 }',
      'x.yaml:2:32 model.latents: 0 is out of range; allowed: whole numbers from 1 to 1024',
    ],
    [
      'model: { kind: dcgan }\ndiffusion: { steps: 100 }',
      'x.yaml:3:12 diffusion: {"steps":100} is not allowed; allowed: nothing with model.kind dcgan',
    ],
    [
      'model: { kind: dcgan }\nsampling: { method: ddim }',
      'x.yaml:3:11 sampling: {"method":"ddim"} is not allowed; allowed: nothing with model.kind dcgan',
    ],
    ['training: { flip: no }', 'x.yaml:2:19 training.flip: "no" is not true or false; allowed: true, false'],
    [
      'diffusion: { steps: 4001 }',
      'x.yaml:2:21 diffusion.steps: 4001 is out of range; allowed: whole numbers from 2 to 4000',
    ],
    [
      'federation: { personalization: [conv_out.*, 3] }',
      'x.yaml:2:32 federation.personalization: ["conv_out.*",3] is not allowed; allowed: none, lastDecoderBlock, a list of parameter names such as up_blocks.1.*',
    ],
    [
      'federation: { personalization: [] }',
      'x.yaml:2:32 federation.personalization: a list of 0 is too short; allowed: none, lastDecoderBlock, a list of parameter names such as up_blocks.1.*',
    ],
    ['sampling: { steps: 10 }', 'x.yaml:2:1 sampling.method: is missing; allowed: ddim, ancestral'],
    ['filtering: { rule: threshold }', 'x.yaml:2:1 filtering.threshold: is missing; allowed: 0 to 1'],
    [
      'federation: { personalization: "multi\\nline" }',
      'x.yaml:2:32 federation.personalization: "multi\\nline" is not allowed; allowed: none, lastDecoderBlock, a list of parameter names such as up_blocks.1.*',
    ],
    [
      'federation: { strategy: fedavg }',
      `x.yaml:2:25 federation.strategy: "fedavg" is not a block of settings; allowed: a block with kind: ${strategies}`,
    ],
    [
      'federation: { strategy: { kind: fedsam } }',
      `x.yaml:2:33 federation.strategy.kind: "fedsam" is not allowed; allowed: ${strategies}`,
    ],
    [
      'federation: { strategy: { kind: multiKrum } }',
      'x.yaml:2:15 federation.strategy.select: is missing; allowed: whole numbers from 1 to 1000',
    ],
  ])('%s', (yaml, expected) => {
    expect(message(`name: x\n${yaml}`)).toBe(expected);
  });

  it.each([
    [
      'name: My Run',
      'x.yaml:1:7 name: "My Run" is not allowed; allowed: a to z, 0 to 9 and -, at most 40 characters',
    ],
    ['name: 12', 'x.yaml:1:7 name: 12 is not a text; allowed: a to z, 0 to 9 and -, at most 40 characters'],
    ['seed: 1', 'x.yaml:1:1 name: is missing; allowed: a to z, 0 to 9 and -, at most 40 characters'],
    [
      `name: ${'a'.repeat(80)}`,
      `x.yaml:1:7 name: "${'a'.repeat(56)}... is not allowed; allowed: a to z, 0 to 9 and -, at most 40 characters`,
    ],
  ])('%s', (yaml, expected) => {
    expect(message(yaml)).toBe(expected);
  });

  it('carries its parts as data', () => {
    expect(errorOf(() => load('name: x\nseed: -1'))).toMatchObject({
      place: { file: 'x.yaml', line: 2, column: 7 },
      path: 'seed',
      allowed: 'whole numbers from 0 to 2147483647',
    });
  });
});

describe('an unknown key', () => {
  it.each([
    ['name: x\ntrainng: { steps: 1 }', `x.yaml:2:1 trainng: unknown key; allowed: ${topLevel}`],
    ['nam: x', `x.yaml:1:1 nam: unknown key; allowed: ${topLevel}`],
    [
      'name: x\ndata:\n  sharing:\n    alhpa: 5\n    beta: 5',
      'x.yaml:4:5 data.sharing.alhpa: unknown key; allowed: serverImages, beta, alpha, subset, warmup',
    ],
    [
      'name: x\nsampling: { method: ancestral, eta: 1 }',
      'x.yaml:2:32 sampling.eta: unknown key; allowed: method, steps, variance, clip',
    ],
    [
      'name: x\nmodel: { kind: dcgan, channels: [8] }',
      'x.yaml:2:23 model.channels: unknown key; allowed: kind, latents, generatorChannels, discriminatorChannels',
    ],
    [
      'name: x\nfiltering: { rule: lowest, threshold: 0.5 }',
      'x.yaml:2:28 filtering.threshold: unknown key; allowed: rule, metric, strikes, startRound, minimumClients, removal, skipRounds, samples',
    ],
    ['name: x\n"a.b\\n": 1', `x.yaml:2:1 "a.b\\n": unknown key; allowed: ${topLevel}`],
    ['name: x\n__proto__: { a: 1 }', `x.yaml:2:1 __proto__: unknown key; allowed: ${topLevel}`],
  ])('%s', (yaml, expected) => {
    expect(message(yaml)).toBe(expected);
  });
});

describe('settings that do not go together', () => {
  const sharing = (settings: string) => `name: x\ndata:\n  sharing: { ${settings} }`;

  it.each([
    [
      'β·|C| larger than S',
      sharing('alpha: 1, beta: 26'),
      'x.yaml:3:30 data.sharing.beta: β·|C| = 10,400 images (26 % of 40,000), more than |S| = 10,000; allowed: above 0, at most 25',
    ],
    [
      'G not even over the classes',
      sharing('alpha: 1, beta: 0.03'),
      'x.yaml:3:30 data.sharing.beta: β·|C| = 12 images (0.03 % of 40,000), not the same number of each of 10 classes; allowed: multiples of 0.025',
    ],
    [
      'an empty G',
      sharing('alpha: 1, beta: 0.001'),
      'x.yaml:3:30 data.sharing.beta: β·|C| = 0 images (0.001 % of 40,000), not the same number of each of 10 classes; allowed: multiples of 0.025',
    ],
    [
      'S not even over the classes',
      sharing('alpha: 1, beta: 1, serverImages: 1005'),
      'x.yaml:3:47 data.sharing.serverImages: 1,005 images, not the same number of each of 10 classes; allowed: multiples of 10',
    ],
    [
      'an empty shard',
      `${sharing('alpha: 1, beta: 100, serverImages: 49000')}\n  clients: 501`,
      'x.yaml:4:12 data.clients: 1,000 images are too few for 501 clients; allowed: 1 to 500',
    ],
    [
      'an empty IID part',
      `${sharing('alpha: 1, beta: 100, serverImages: 49900')}\n  clients: 101\n  partition: { kind: iid }`,
      'x.yaml:4:12 data.clients: 100 images are too few for 101 clients; allowed: 1 to 100',
    ],
    [
      'an S that leaves the clients nothing of a class',
      sharing('alpha: 1, beta: 1, serverImages: 50000'),
      'x.yaml:3:47 data.sharing.serverImages: 50,000 images, evenly over the classes, leave the clients none of some class; allowed: multiples of 10, up to 49990',
    ],
    [
      'more clients than Dirichlet shares of ten images',
      `${sharing('alpha: 1, beta: 100, serverImages: 49000')}\n  clients: 101\n  partition: { kind: dirichlet }`,
      'x.yaml:4:12 data.clients: 1,000 images are too few for 101 clients; allowed: 1 to 100',
    ],
    [
      'a minimum that there is not',
      'name: x\ndata: { partition: { kind: quantity, minimumImages: 50001 } }',
      'x.yaml:2:1 data.clients: 50,000 images are too few for 10 clients; allowed: no number, with this partition',
    ],
    [
      'centralized training with clients',
      'name: x\ndata: { clients: 2, partition: { kind: centralized } }',
      'x.yaml:2:18 data.clients: 2 clients where training is centralized; allowed: 1',
    ],
    [
      'centralized training with data sharing',
      'name: x\ndata: { partition: { kind: centralized }, sharing: { beta: 5, alpha: 5 } }',
      'x.yaml:2:52 data.sharing: makes no sense where training is centralized; allowed: nothing',
    ],
    [
      'centralized training with a strategy for many',
      'name: x\ndata: { partition: { kind: centralized } }\nfederation: { strategy: { kind: fedadam } }',
      'x.yaml:3:33 federation.strategy.kind: makes no sense where training is centralized; allowed: nothing',
    ],
    [
      'centralized training with personal layers',
      'name: x\ndata: { partition: { kind: centralized } }\nfederation: { personalization: lastDecoderBlock }',
      'x.yaml:3:32 federation.personalization: makes no sense where training is centralized; allowed: nothing',
    ],
    [
      'centralized training with strikes',
      'name: x\ndata: { partition: { kind: centralized } }\nfiltering: { rule: lowest }',
      'x.yaml:3:12 filtering: makes no sense where training is centralized; allowed: nothing',
    ],
    [
      'looks that come after the warm-up',
      sharing('alpha: 1, beta: 1, warmup: { epochs: 9, until: { metric: loss, target: 1 } }'),
      'x.yaml:3:54 data.sharing.warmup.until.every: 10 is more than the whole warm-up; allowed: 1 to 9',
    ],
    [
      'warm-up epochs and steps',
      sharing('alpha: 1, beta: 1, warmup: { epochs: 1, steps: 2 }'),
      'x.yaml:3:61 data.sharing.warmup.steps: epochs are given too; allowed: either epochs or steps',
    ],
    [
      'epochs and steps',
      'name: x\ntraining: { steps: 2, epochs: 1 }',
      'x.yaml:2:20 training.steps: epochs are given too; allowed: either epochs or steps',
    ],
    [
      'a rate that is still rising at the end',
      'name: x\ntraining: { steps: 20, schedule: { warmupSteps: 20 } }',
      'x.yaml:2:49 training.schedule.warmupSteps: 20 of 20 steps leave none at the full rate; allowed: 0 to 19',
    ],
    [
      'crops that may miss most of the image',
      'name: x\ndata: { imageSize: 8 }\nmodel: { channels: [32], attention: [true] }\ntraining: { crop: 5 }',
      'x.yaml:4:19 training.crop: 5 pixels of images of 8; allowed: 0 to 4',
    ],
    [
      'more levels than the image has',
      'name: x\ndata: { imageSize: 8 }\nmodel: { channels: [32, 32, 32, 32, 32], attention: [true, true, true, true, true] }',
      'x.yaml:3:20 model.channels: 5 levels cannot halve 8 pixels 4 times; allowed: at most 4 levels',
    ],
    [
      'attention for other levels',
      'name: x\nmodel: { channels: [32, 64] }',
      'x.yaml:2:1 model.attention: 4 entries for 2 levels; allowed: 2 entries, as in model.channels',
    ],
    [
      'channels that groups do not divide',
      'name: x\nmodel: { channels: [32, 40], attention: [true, true] }',
      'x.yaml:2:25 model.channels.1: 40 is not divisible by model.groups; allowed: multiples of 32',
    ],
    ...[
      ['data: { imageSize: 16 }', 'x.yaml:3:20 data.imageSize: 16', '32'],
      ['training: { clipNorm: 1 }', 'x.yaml:3:23 training.clipNorm: 1', 'null'],
      ['training: { crop: 4 }', 'x.yaml:3:19 training.crop: 4', '0'],
      ['training: { precision: bfloat16 }', 'x.yaml:3:24 training.precision: bfloat16', 'float32'],
      [
        'federation: { personalization: lastDecoderBlock }',
        'x.yaml:3:32 federation.personalization: lastDecoderBlock',
        'none',
      ],
    ].map(([yaml, what, allowed]) => [
      `a DCGAN and ${yaml}`,
      `name: x\nmodel: { kind: dcgan }\n${yaml}`,
      `${what} does not go with model.kind dcgan; allowed: ${allowed}`,
    ]),
    [
      'more sampling steps than T',
      'name: x\ndiffusion: { steps: 50 }\nsampling: { method: ddim, steps: 51 }',
      'x.yaml:3:34 sampling.steps: 51 is more than diffusion.steps; allowed: 1 to 50',
    ],
    [
      'variances that leave nothing of an image',
      'name: x\ndiffusion: { schedule: linear, betaEnd: 0.5 }',
      'x.yaml:2:41 diffusion.betaEnd: 0.5 leaves nothing of an image after 1000 steps; allowed: smaller values, or fewer steps',
    ],
    [
      'FedSGD in epochs',
      'name: x\ntraining: { epochs: 100 }\nfederation: { strategy: { kind: fedsgd } }',
      'x.yaml:2:21 training.epochs: with fedsgd a client takes one step in a round; allowed: nothing',
    ],
    [
      'FedSGD in steps',
      'name: x\ntraining: { steps: 1 }\nfederation: { strategy: { kind: fedsgd } }',
      'x.yaml:2:20 training.steps: with fedsgd a client takes one step in a round; allowed: nothing',
    ],
    [
      'a schedule for the one step of FedSGD',
      'name: x\ntraining: { schedule: { kind: cosine } }\nfederation: { strategy: { kind: fedsgd } }',
      'x.yaml:2:23 training.schedule: with fedsgd a client takes one step, at the full rate; allowed: nothing',
    ],
    [
      'personal layers that the network does not have',
      'name: x\nfederation: { personalization: [conv_out.*, up_block.3.*] }',
      'x.yaml:2:45 federation.personalization.1: up_block.3.* is no parameter of the network; allowed: names as in diffusers, such as conv_in.weight or up_blocks.1.*',
    ],
    [
      'nothing but personal layers',
      'name: x\nfederation: { personalization: ["*.weight", "*.bias"] }',
      'x.yaml:2:32 federation.personalization: every parameter is personal, and none is left to average; allowed: fewer of them',
    ],
    [
      'an average of personal layers where there are none',
      'name: x\nevaluation: { personal: averaged }',
      'x.yaml:2:25 evaluation.personal: averaged needs personal layers, and there are none; allowed: own',
    ],
    [
      'more ancestral steps than T',
      'name: x\ndiffusion: { steps: 50 }\nsampling: { method: ancestral, steps: 51 }',
      'x.yaml:3:39 sampling.steps: 51 is more than diffusion.steps; allowed: 1 to 50',
    ],
    [
      'the default of sampling steps above T',
      'name: x\ndiffusion: { steps: 50 }',
      'x.yaml:1:1 sampling.steps: 100 is more than diffusion.steps; allowed: 1 to 50',
    ],
    [
      'strikes that start after the last round',
      'name: x\nfederation: { rounds: 3 }\nfiltering:\n  rule: lowest\n  startRound: 4',
      'x.yaml:5:15 filtering.startRound: 4 is after the last round; allowed: 1 to 3',
    ],
    [
      'strikes whose default start is after the last round',
      'name: x\nfederation: { rounds: 1 }\nfiltering:\n  rule: lowest',
      'x.yaml:3:1 filtering.startRound: 5 is after the last round; allowed: 1',
    ],
    [
      'a δ that one client may fall into',
      'name: x\nfederation:\n  privacy: { clip: 1, noiseMultiplier: 1, delta: 0.1 }',
      'x.yaml:3:50 federation.privacy.delta: 0.1 would allow for one of 10 clients to be laid open; allowed: above 0, below 0.1',
    ],
    [
      'privacy without a bound on what a client can change',
      'name: x\nfederation:\n  strategy: { kind: median }\n  privacy: { clip: 1, noiseMultiplier: 1 }',
      'x.yaml:3:21 federation.strategy.kind: what one client can change under median is not bounded by federation.privacy.clip; allowed: strategies that average all clients, such as fedavg',
    ],
    [
      'filtering beside noise',
      'name: x\nfederation:\n  privacy: { clip: 1, noiseMultiplier: 0.5 }\nfiltering: { rule: lowest }',
      'x.yaml:4:12 filtering: removes clients by metrics without noise, so that no ε would hold; allowed: null where federation.privacy has noise',
    ],
    [
      'more results than clients',
      'name: x\nfederation: { participation: { minimumResults: 11 } }',
      'x.yaml:2:48 federation.participation.minimumResults: 11 is more than data.clients; allowed: 1 to 10',
    ],
    [
      'more clients to draw than there are',
      'name: x\nfederation: { participation: { minimum: 11 } }',
      'x.yaml:2:41 federation.participation.minimum: 11 is more than data.clients; allowed: 1 to 10',
    ],
    [
      'more clients to keep than there are',
      'name: x\nfiltering: { rule: lowest, minimumClients: 11 }',
      'x.yaml:2:44 filtering.minimumClients: 11 is more than data.clients; allowed: 1 to 10',
    ],
    [
      'noise for the variances of a DCGAN',
      'name: x\nmodel: { kind: dcgan }\nfederation: { privacy: { clip: 1, noiseMultiplier: 1 } }',
      'x.yaml:3:52 federation.privacy.noiseMultiplier: noise may make the variances of a DCGAN negative; allowed: 0, or model.kind unet',
    ],
    [
      'privacy for layers that leave the clients',
      'name: x\nfederation: { personalization: lastDecoderBlock, privacy: { clip: 1, noiseMultiplier: 1 } }\nevaluation: { personal: averaged }',
      'x.yaml:3:25 evaluation.personal: averaged personal layers leave the clients unprotected; allowed: own where there is federation.privacy',
    ],
    [
      'a strategy that a DCGAN’s variances do not bear',
      'name: x\nmodel: { kind: dcgan }\nfederation: { strategy: { kind: fedadam } }',
      'x.yaml:3:33 federation.strategy.kind: fedadam does not go with model.kind dcgan; allowed: fedavg, median, trimmedMean, krum, multiKrum',
    ],
    [
      'rounds to skip of a removal for good',
      'name: x\nfiltering: { rule: lowest, skipRounds: 2 }',
      'x.yaml:2:40 filtering.skipRounds: 2 rounds of a removal for good; allowed: null, or filtering.removal: temporary',
    ],
    [
      'Krum where too many may be malicious',
      'name: x\nfederation: { strategy: { kind: krum, malicious: 4 } }',
      'x.yaml:2:50 federation.strategy.malicious: 4 of 10 clients; allowed: 0 to 3',
    ],
    [
      'Krum where too few are drawn',
      'name: x\nfederation: { strategy: { kind: krum }, participation: { fraction: 0.2 } }',
      'x.yaml:2:68 federation.participation.fraction: 2 clients have too few neighbours for Krum; allowed: at least 3 clients in a round',
    ],
    [
      'Krum where too few may be in time',
      'name: x\nfederation: { strategy: { kind: krum }, participation: { deadline: 9 } }',
      'x.yaml:2:41 federation.participation.minimumResults: 1 client has too few neighbours for Krum; allowed: at least 3',
    ],
    [
      'a trimmed mean of few that may be in time',
      'name: x\nfederation: { strategy: { kind: trimmedMean }, participation: { deadline: 9, minimumResults: 4 } }',
      'x.yaml:2:15 federation.strategy.share: 0.2 of 4 clients is nobody; allowed: at least 0.25',
    ],
    [
      'Krum without neighbours',
      'name: x\ndata: { clients: 2 }\nfederation: { strategy: { kind: krum } }',
      'x.yaml:2:18 data.clients: 2 clients have too few neighbours for Krum; allowed: at least 3',
    ],
    [
      'Multi-Krum that selects more than the honest',
      'name: x\nfederation: { strategy: { kind: multiKrum, malicious: 2, select: 9 } }',
      'x.yaml:2:66 federation.strategy.select: 9 is more than the 8 clients that are not malicious; allowed: 1 to 8',
    ],
    [
      'a trimmed mean that trims nothing',
      'name: x\nfederation: { strategy: { kind: trimmedMean, share: 0.05 } }',
      'x.yaml:2:53 federation.strategy.share: 0.05 of 10 clients is nobody; allowed: at least 0.1',
    ],
    [
      'more clients than can be looked at side by side',
      'name: x\ndata: { clients: 101 }\nfederation: { strategy: { kind: median } }',
      'x.yaml:2:18 data.clients: median looks at the models of all clients at once; allowed: 1 to 100',
    ],
  ])('%s', (_, yaml, expected) => {
    expect(message(yaml)).toBe(expected);
  });

  it.each([
    ['beta', sharing('alpha: 1, beta: 25')],
    ['clients', `${sharing('alpha: 1, beta: 100, serverImages: 49000')}\n  clients: 500`],
    [
      'IID clients',
      `${sharing('alpha: 1, beta: 100, serverImages: 49900')}\n  clients: 100\n  partition: { kind: iid }`,
    ],
    [
      'rounds',
      'name: x\nfederation: { rounds: 3 }\nfiltering: { rule: lowest, startRound: 3, minimumClients: 10 }',
    ],
    [
      'clipping beside filtering',
      'name: x\nfederation:\n  privacy: { clip: 1, noiseMultiplier: 0, delta: 0.099 }\nfiltering: { rule: lowest }',
    ],
    ['sampling steps', 'name: x\ndiffusion: { steps: 50 }\nsampling: { method: ddim, steps: 50 }'],
    [
      'malicious and selected clients',
      'name: x\nfederation: { strategy: { kind: multiKrum, malicious: 3, select: 7 } }',
    ],
    ['trimmed share', 'name: x\nfederation: { strategy: { kind: trimmedMean, share: 0.1 } }'],
    ['clients side by side', 'name: x\ndata: { clients: 100 }\nfederation: { strategy: { kind: median } }'],
    [
      'levels',
      'name: x\ndata: { imageSize: 8 }\nmodel: { channels: [32, 32, 32, 32], attention: [true, true, true, true] }',
    ],
  ])('may go up to the limit: %s', (_, yaml) => {
    expect(() => load(yaml)).not.toThrow();
  });
});

describe('a file that is no experiment', () => {
  it('is missing', () => {
    expect(errorOf(() => loadExperiment('none.yaml')).message).toBe(
      'none.yaml:1:1: no such file; allowed: a YAML file such as experiments/quickstart.yaml',
    );
  });

  it('is a folder', () => {
    mkdirSync('folder.yaml', { recursive: true });
    expect(errorOf(() => loadExperiment('folder.yaml')).message).toBe(
      'folder.yaml:1:1: cannot be read (EISDIR); allowed: a YAML file such as experiments/quickstart.yaml',
    );
  });

  it.each([
    [
      'empty',
      '',
      'x.yaml:1:1: the file is empty; allowed: an experiment; experiments/quickstart.yaml is one',
    ],
    [
      'only comments',
      '# nothing\n',
      'x.yaml:1:1: the file is empty; allowed: an experiment; experiments/quickstart.yaml is one',
    ],
    ['a list', '- name: x', `x.yaml:1:1: [{"name":"x"}] is not a block of settings; allowed: ${topLevel}`],
    ['a text', 'quickstart', `x.yaml:1:1: "quickstart" is not a block of settings; allowed: ${topLevel}`],
    [
      'an open bracket',
      'name: x\nmodel: { channels: [1, 2 }',
      'x.yaml:2:26: Flow sequence in block collection must be sufficiently indented and end with a ]; allowed: well-formed YAML',
    ],
    [
      'a tab',
      'data:\n\tclients: 4',
      'x.yaml:2:1: Tabs are not allowed as indentation; allowed: well-formed YAML',
    ],
    [
      'a key twice',
      'name: x\nseed: 1\nseed: 2',
      'x.yaml:3:1: Map keys must be unique; allowed: well-formed YAML',
    ],
    ['an unknown tag', 'name: !run x', 'x.yaml:1:7: Unresolved tag: !run; allowed: well-formed YAML'],
    [
      'an alias of nothing',
      'name: *x',
      'x.yaml:1:1: Unresolved alias (the anchor must be set before the alias): x; allowed: well-formed YAML',
    ],
    [
      'two documents',
      'name: x\n---\nname: y',
      'x.yaml:2:1: Source contains multiple documents; allowed: well-formed YAML',
    ],
  ])('is %s', (_, yaml, expected) => {
    expect(message(yaml)).toBe(expected);
  });
});

describe('a bad override', () => {
  const yaml = 'name: x\ndata:\n  clients: 3\nmodel: { channels: [32, 64], attention: [true, true] }';

  it.each([
    ['seed', '--set seed: is not an override; allowed: path=value, as in data.sharing.alpha=50'],
    ['=5', '--set =5: is not an override; allowed: path=value, as in data.sharing.alpha=50'],
    [
      'data..clients=5',
      '--set data..clients=5: is not an override; allowed: path=value, as in data.sharing.alpha=50',
    ],
    [
      'data.clients=0',
      '--set data.clients=0 data.clients: 0 is out of range; allowed: whole numbers from 1 to 1000',
    ],
    [
      'data.client=5',
      '--set data.client=5 data.client: unknown key; allowed: source, imageSize, clients, partition, sharing',
    ],
    ['trainng.steps=5', `--set trainng.steps=5 trainng: unknown key; allowed: ${topLevel}`],
    [
      'data={clients: 0}',
      '--set data={clients: 0} data.clients: 0 is out of range; allowed: whole numbers from 1 to 1000',
    ],
    [
      'filtering.strikes=1',
      '--set filtering.strikes=1 filtering.rule: is missing; allowed: lowest, threshold, average',
    ],
    ['seed=', '--set seed= seed: null is not a number; allowed: whole numbers from 0 to 2147483647'],
    ['seed=[1', '--set seed=[1: Flow sequence must end with a ]; allowed: well-formed YAML'],
    ['name.x=1', '--set name.x=1 name.x: "x" is a single value, not a block; allowed: a setting'],
    [
      'model.channels.2=3',
      '--set model.channels.2=3 model.channels.2: a list of 2 has no entry 2; allowed: 0 to 1',
    ],
    [
      'model.channels.length=3',
      '--set model.channels.length=3 model.channels.length: a list of 2 has no entry length; allowed: 0 to 1',
    ],
    [
      'model.channels.0=40',
      '--set model.channels.0=40 model.channels.0: 40 is not divisible by model.groups; allowed: multiples of 32',
    ],
    ['__proto__.polluted=1', `--set __proto__.polluted=1 __proto__: unknown key; allowed: ${topLevel}`],
  ])('%s', (override, expected) => {
    expect(message(yaml, [override])).toBe(expected);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('is not blamed for what the file says', () => {
    expect(message('name: x\nseed: -1', ['data.clients=3'])).toMatch(/^x\.yaml:2:7 seed: -1/);
  });
});
