/** What can be measured: each benchmark's name, the settings it is measured at, and the bar where there is one. */
import { settingOf, type Bar, type Benchmark, type ModelName, type Setting } from './benchmark.ts';

const sideBySide = { unit: 'seconds', warmUps: 2, rounds: 9 } as const;

export const benchmarks = {
  train: {
    ...sideBySide,
    title: 'one training step of the U-Net: noise, forward, mean squared error, backward, Adam',
    peer: 'train.py',
    choices: ['model', 'batch'],
    bars: [
      { model: 'small', batch: 16 },
      { model: 'small', batch: 64 },
      { model: 'full', batch: 16 },
    ],
  },
  forward: {
    ...sideBySide,
    title: 'one forward pass of the U-Net',
    peer: 'forward.py',
    choices: ['model', 'batch'],
    bars: [
      { model: 'small', batch: 16 },
      { model: 'full', batch: 16 },
    ],
  },
  sample: {
    ...sideBySide,
    title: '50 DDIM steps of the U-Net, η = 0',
    warmUps: 1,
    peer: 'sample.py',
    choices: ['model', 'batch'],
    bars: [
      { model: 'small', batch: 16 },
      { model: 'small', batch: 64 },
    ],
  },
  dcgan: {
    ...sideBySide,
    title: 'one step of the DCGAN: discriminator, then generator',
    peer: 'dcgan.py',
    choices: ['batch'],
    bars: [{ batch: 128 }],
  },
  aggregate: {
    ...sideBySide,
    title: 'FedAvg of ten models of 35.7 million parameters, in memory',
    warmUps: 1,
    peer: 'aggregate.py',
    choices: [],
    bars: [{ model: 'full', ratioLimit: 0.5 }],
  },
  'aggregate-memory': {
    unit: 'share',
    title: 'memory that the aggregation of ten stored models takes, as a share of one model',
    warmUps: 1,
    rounds: 3,
    peer: null,
    choices: [],
    bars: [{ model: 'full', limit: 3 }],
  },
  neighbours: {
    ...sideBySide,
    title: 'precision and recall of 10,000 features against 10,000, 2048 dimensions, k = 3',
    warmUps: 1,
    rounds: 3,
    together: true,
    peer: 'neighbours.py',
    choices: [],
    bars: [
      { part: 'time', ratioLimit: 1 },
      { part: 'memory', unit: 'bytes', limit: 2e9 },
      { part: 'precision', unit: 'share' },
      { part: 'recall', unit: 'share' },
    ],
  },
  fid: {
    ...sideBySide,
    title: 'FID of 10,000 features against 10,000, 2048 dimensions, covariances included',
    warmUps: 1,
    rounds: 3,
    together: true,
    peer: 'fid.py',
    choices: [],
    bars: [
      { part: 'time', ratioLimit: 1.5 },
      { part: 'distance', unit: 'count' },
    ],
  },
  checkpoint: {
    ...sideBySide,
    title: 'weights of the U-Net to safetensors in S3 (peer: a file) and back',
    peer: 'checkpoint.py',
    choices: ['model'],
    bars: [
      { model: 'full', part: 'out', limit: 2 },
      { model: 'full', part: 'in', limit: 2 },
    ],
  },
  saving: {
    unit: 'share',
    title: 'time that checkpoints take of a training, at the default interval',
    warmUps: 0,
    rounds: 1,
    peer: null,
    choices: ['model', 'batch'],
    bars: [{ model: 'full', batch: 16, limit: 0.03 }],
  },
  round: {
    unit: 'seconds',
    title: 'a server round of ten clients that train nothing, with a model of 1 MB and of 143 MB',
    warmUps: 1,
    rounds: 5,
    peer: 'round.py',
    choices: [],
    bars: [
      { parameters: 262_144, limit: 2 },
      { parameters: 35_746_307, ratioLimit: 2 },
    ],
  },
  clients: {
    unit: 'seconds',
    title: 'three server rounds of 1,000 clients that train nothing: time, activities, history, memory',
    warmUps: 0,
    rounds: 1,
    together: true,
    peer: null,
    choices: [],
    bars: [
      { part: 'client-round', limit: 0.06 },
      { part: 'activities', unit: 'count', limit: 2 },
      { part: 'events', unit: 'count', limit: 10_000 },
      { part: 'orchestrator', unit: 'share', limit: 0.1 },
      { part: 'GPU worker', unit: 'share', limit: 0.1 },
    ],
  },
  startup: {
    unit: 'seconds',
    title: 'from the start of the process to the end of its first training step',
    warmUps: 0,
    rounds: 3,
    fromStart: true,
    peer: 'train.py',
    choices: ['model', 'batch'],
    bars: [
      { model: 'small', batch: 16, limit: 8 },
      { model: 'full', batch: 16, limit: 30 },
    ],
  },
  features: {
    unit: 'seconds',
    title: 'features of 10,000 images of 32×32 pixels by the classifier that comes with Phoenix',
    warmUps: 1,
    rounds: 3,
    peer: null,
    choices: [],
    bars: [{ limit: 60 }],
  },
  overhead: {
    unit: 'seconds',
    title: 'a training step without its session run: what JavaScript takes',
    warmUps: 5,
    rounds: 15,
    peer: null,
    choices: ['model', 'batch'],
    bars: [
      { model: 'small', batch: 16, limit: 0.002 },
      { model: 'full', batch: 16, limit: 0.002 },
    ],
  },
  memory: {
    unit: 'share',
    title: 'growth of resident memory over 2,000 steps, and over 20 trainers one after the other',
    warmUps: 1,
    rounds: 1,
    peer: null,
    choices: [],
    bars: [
      { part: 'steps', limit: 0.02 },
      { part: 'trainers', limit: 0.02 },
    ],
  },
} as const satisfies Record<string, Benchmark>;

export type BenchmarkName = keyof typeof benchmarks;

/**
 * The bars to measure: those of the benchmark, or of the wanted model, at the wanted batch size. A setting that is no
 * bar of the benchmark has no limit.
 */
export function selectBars(
  name: BenchmarkName,
  wanted: { readonly model?: ModelName; readonly batch?: number },
): readonly Bar[] {
  const bars: readonly Bar[] = benchmarks[name].bars;
  const ofModel = bars.filter(({ model }) => model === wanted.model);
  const known = new Map(bars.map((bar) => [keyOf(bar), bar]));
  const selected = (ofModel.length > 0 ? ofModel : bars).map((bar) => ({ ...settingOf(bar), ...wanted }));
  return [...new Map(selected.map((bar) => [keyOf(bar), known.get(keyOf(bar)) ?? bar])).values()];
}

const keyOf = ({ model, batch, part, parameters }: Setting): string =>
  [model, batch, part, parameters].join();
