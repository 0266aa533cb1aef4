import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findWeights } from '../../../phoenix/config/feature-weights.ts';
import { unresolved } from '../../../phoenix/config/resolve.ts';
import { loadExperiment } from '../../../phoenix/config/load.ts';
import { errorOf, inFolderOfItsOwn, load, message } from '../../helpers/settings-file.ts';

const root = join(import.meta.dirname, '../../..');

inFolderOfItsOwn();

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
