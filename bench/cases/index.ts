/** Our side of each benchmark; each loads only what it measures. */
import type { Setting } from '../benchmark.ts';
import type { BenchmarkName } from '../benchmarks.ts';
import type { Measured } from './measured.ts';

interface Case {
  prepare(setting: Setting): Measured | Promise<Measured>;
}

export const cases: Readonly<Record<BenchmarkName, () => Promise<Case>>> = {
  train: () => import('./train.ts'),
  forward: () => import('./forward.ts'),
  sample: () => import('./sample.ts'),
  dcgan: () => import('./dcgan.ts'),
  aggregate: () => import('./aggregate.ts'),
  'aggregate-memory': () => import('./aggregate-memory.ts'),
  neighbours: () => import('./neighbours.ts'),
  features: () => import('./features.ts'),
  fid: () => import('./fid.ts'),
  checkpoint: () => import('./checkpoint.ts'),
  saving: () => import('./saving.ts'),
  round: () => import('./round.ts'),
  clients: () => import('./clients.ts'),
  startup: () => import('./train.ts'),
  overhead: () => import('./overhead.ts'),
  memory: () => import('./memory.ts'),
};
