import { describe, expect, it } from 'vitest';
import { inFolderOfItsOwn, load, message } from '../../helpers/settings-file.ts';

inFolderOfItsOwn();

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
