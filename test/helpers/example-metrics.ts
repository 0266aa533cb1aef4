/** Metrics as a step gives them, with some figures as a test wants them. */
import type { Metrics } from '../../phoenix/federation/metrics.ts';

export function exampleMetrics(figures: Partial<Metrics> = {}): Metrics {
  const distances = {
    fid: 12.3,
    kid: { mean: 0.021, std: 0.003 },
    precision: 0.6,
    recall: 0.41,
    density: 0.9,
    coverage: 0.7,
    intervals: {
      fid: [11.9, 12.9],
      precision: [0.57, 0.63],
      recall: [0.38, 0.44],
      density: [0.85, 0.95],
      coverage: [0.67, 0.73],
    },
    warnings: [],
  } as const;
  return {
    samples: 1000,
    referenceImages: 1000,
    extractor: 'cifar-classifier',
    dimensions: 192,
    ...distances,
    paper: { dimensions: 64, ...distances, fid: 0.456 },
    inceptionScore: { mean: 3.128, std: 0.114 },
    labeller: 'cifar-classifier',
    classCounts: [130, 91, 80, 72, 144, 60, 101, 110, 122, 90],
    distanceFromUniform: 0.107,
    distanceByChance: 0.038,
    ...figures,
  };
}
