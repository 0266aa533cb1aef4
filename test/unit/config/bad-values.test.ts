import { describe, expect, it } from 'vitest';
import { errorOf, inFolderOfItsOwn, load, message } from '../../helpers/settings-file.ts';

inFolderOfItsOwn();

const strategies =
  'fedavg, fedsgd, fedprox, fedavgm, fedadam, fedyogi, fedadagrad, qfedavg, median, trimmedMean, krum, multiKrum';

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
