/** All strategies, by the name that settings call them. */
import { fedadagrad } from './fedadagrad.ts';
import { fedadam } from './fedadam.ts';
import { fedavg } from './fedavg.ts';
import { fedavgm } from './fedavgm.ts';
import { fedprox } from './fedprox.ts';
import { fedsgd } from './fedsgd.ts';
import { fedyogi } from './fedyogi.ts';
import { krum } from './krum.ts';
import { median } from './median.ts';
import { multiKrum } from './multi-krum.ts';
import { qfedavg } from './qfedavg.ts';
import type { Strategy } from './strategy.ts';
import { trimmedMean } from './trimmed-mean.ts';

const strategies = {
  fedavg,
  fedsgd,
  fedprox,
  fedavgm,
  fedadam,
  fedyogi,
  fedadagrad,
  qfedavg,
  median,
  trimmedMean,
  krum,
  multiKrum,
};

export type StrategySettings = Parameters<(typeof strategies)[keyof typeof strategies]>[0];

export function strategyOf(settings: StrategySettings): Strategy {
  // The compiler cannot see that the one under a kind takes the settings of that kind.
  const strategy = strategies[settings.kind] as (settings: StrategySettings) => Strategy;
  return strategy(settings);
}
