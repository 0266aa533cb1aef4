/**
 * The settings behind the paper's tables (Jothiraj and Mashhadi, "Phoenix: A Federated Generative Diffusion Model"), as `experiments/paper`
 * has them: what a reader compares before any number. Where the paper is silent or vague, its value is our reading, and says so.
 */
import type { Experiment } from '../config/schema.ts';
import { dcgan, unet } from '../config/schema/network.ts';
import type { Metrics } from '../federation/metrics.ts';
import { whole } from './format.ts';
import type { Run } from './groups.ts';
import { networkName } from './network.ts';

export interface PaperSetting {
  readonly name: string;
  /** Section of the paper. */
  readonly source: string;
  /** Null where a run has no such setting. */
  readonly ours: (run: Run, metrics: Metrics) => string | null;
  /** For a run of this network, partition and sharing. */
  readonly paper: (settings: Experiment) => string;
  /** What of it the paper does not say. */
  readonly reading?: (settings: Experiment) => string | null;
}

const isDcgan = ({ model }: Experiment): boolean => model.kind === 'dcgan';
const isCentralized = ({ data }: Experiment): boolean => data.partition.kind === 'centralized';

const length = ({ epochs, steps }: { epochs: number | null; steps: number | null }): string =>
  steps === null ? `${whole(epochs!)} epochs` : `${whole(steps)} steps`;

/** Images of C, of which β % are shared; without sharing the clients have all images. */
const FEDERATED = 40_000;
const TRAINING = 50_000;
const CLIENTS = 10;

function imagesPerClient(settings: Experiment): number {
  const { sharing } = settings.data;
  if (isCentralized(settings)) return TRAINING;
  if (!sharing) return TRAINING / CLIENTS;
  return FEDERATED / CLIENTS + (sharing.alpha / 100) * (sharing.beta / 100) * FEDERATED;
}

export const paperSettings: readonly PaperSetting[] = [
  {
    name: 'Images',
    source: '§3.2',
    ours: ({ settings: { data } }) =>
      `${data.source === 'cifar10' ? 'CIFAR-10' : 'a folder'}, ${data.imageSize}×${data.imageSize} pixels`,
    paper: () => 'CIFAR-10, 32×32 pixels',
  },
  {
    name: 'Network',
    source: '§4.1, §4.2',
    ours: ({ settings: { model } }) => networkName(model),
    paper: (settings) => networkName(isDcgan(settings) ? dcgan.parse({ kind: 'dcgan' }) : unet.parse({})),
    reading: (settings) => (isDcgan(settings) ? 'it says 3.5 M + 2.7 M' : 'it says about 35 M'),
  },
  {
    name: 'Clients',
    source: '§3.2',
    ours: ({ settings: { data } }) => whole(data.clients),
    paper: (settings) => String(isCentralized(settings) ? 1 : CLIENTS),
  },
  {
    name: 'Images of each client',
    source: '§3.2.1',
    ours: ({ clients }) => range(clients.map(({ ownImages, sharedImages }) => ownImages + sharedImages)),
    paper: (settings) => whole(imagesPerClient(settings)),
  },
  {
    name: 'Shared images |G|',
    source: '§3.2.1',
    ours: ({ settings, sharedImages }) => (settings.data.sharing ? whole(sharedImages) : null),
    paper: ({ data }) => whole((data.sharing!.beta / 100) * FEDERATED),
  },
  {
    name: 'Warm-up',
    source: '§3.2.1',
    ours: ({ settings: { data } }) => data.sharing && length(data.sharing.warmup),
    paper: () => '100 epochs',
    reading: () => 'it says until the desired quality',
  },
  {
    name: 'Rounds',
    source: '§4.1, §4.2',
    ours: ({ rounds }) => whole(rounds.length),
    paper: () => '10',
  },
  {
    name: 'Training of a client in a round',
    source: '§4.1, §4.2',
    ours: ({ settings: { training }, clients }) => {
      const { steps, batchSize } = training;
      const images = clients[0] && clients[0].ownImages + clients[0].sharedImages;
      const passes = steps !== null && images ? ` (${((steps * batchSize) / images).toFixed(1)} epochs)` : '';
      return `${length(training)}${passes}`;
    },
    paper: (settings) => (isDcgan(settings) ? '50 epochs' : '100 epochs'),
  },
  {
    name: 'Batch size',
    source: '§4.1',
    ours: ({ settings: { training } }) => whole(training.batchSize),
    paper: () => '128',
    reading: (settings) => (isDcgan(settings) ? null : 'it gives none for the DDPM'),
  },
  {
    name: 'Learning rate',
    source: '§4.1, §4.2',
    ours: ({ settings: { training } }) => String(training.learningRate),
    paper: (settings) => (isDcgan(settings) ? '0.0002' : '0.0001'),
  },
  {
    name: 'Diffusion',
    source: '§4.2',
    ours: ({ settings: { diffusion } }) =>
      diffusion && `${whole(diffusion.steps)} steps, ${diffusion.schedule} schedule`,
    paper: () => '1,000 steps, cosine schedule',
  },
  {
    name: 'Sampling',
    source: '§4.2',
    ours: ({ settings: { sampling } }) =>
      sampling &&
      `${sampling.method === 'ddim' ? 'DDIM' : sampling.method}, ${sampling.steps === null ? 'all' : whole(sampling.steps)} steps`,
    paper: () => 'DDIM, 100 steps',
    reading: () => 'it names ancestral sampling, and 25 to 1,000 steps',
  },
  {
    name: 'Aggregation',
    source: '§2.2',
    ours: ({ settings: { federation } }) => federation.strategy.kind,
    paper: () => 'fedavg',
  },
  {
    name: 'Measured for filtering',
    source: '§3.2.2',
    ours: ({ settings: { filtering } }) =>
      filtering &&
      `${whole(filtering.samples)} samples of each client, from round ${filtering.startRound} on`,
    paper: () => '1,000 samples of each client, from round 5 on',
  },
  {
    name: 'Removal',
    source: '§4.2.2',
    ours: ({ settings: { filtering } }) =>
      filtering && `${filtering.removal}, after ${filtering.strikes} poor rounds`,
    paper: () => 'permanent, after 2 poor rounds',
    reading: () => 'it also says more than two',
  },
  {
    name: 'Samples measured',
    source: '§3.4',
    ours: (_, metrics) => `${whole(metrics.samples)} against ${whole(metrics.referenceImages)} test images`,
    paper: () => '10,000 against 10,000 test images',
  },
  {
    name: 'Features of FID, precision and recall',
    source: '§3.4',
    ours: (_, { extractor, dimensions, paper }) =>
      `${extractor}, ${dimensions} dimensions${paper ? `, and ${paper.dimensions} for FID (64)` : ''}`,
    paper: () => 'inception-fid, 64 dimensions',
    reading: () => 'it says Inception V3; its FID values are those of that layer',
  },
  {
    name: 'Classes named by',
    source: '§3.4',
    ours: (_, { labeller }) => labeller,
    paper: () => 'lanet',
  },
];

function range(numbers: readonly number[]): string {
  const [least, most] = [Math.min(...numbers), Math.max(...numbers)];
  return least === most ? whole(least) : `${whole(least)} to ${whole(most)}`;
}
