import { multiKrum } from './multi-krum.ts';
import type { StrategyFor } from './strategy.ts';

export interface KrumSettings {
  readonly kind: 'krum';
  /** f: number of clients that may send anything at all. */
  readonly malicious: number;
}

/**
 * The one model that is nearest to its neighbours: Multi-Krum that selects one. Numbers of images do not count.
 *
 * Choose it where f clients may work together to send anything at all, and speed does not matter: each round learns from
 * one client.
 *
 * Blanchard et al., "Machine Learning with Adversaries: Byzantine Tolerant Gradient Descent", NeurIPS 2017.
 */
export const krum: StrategyFor<KrumSettings> = ({ malicious }) =>
  multiKrum({ kind: 'multiKrum', malicious, select: 1 });
