/** The engine of the steps, for real: compiled networks, kept for the next step that wants the same ones. */
import type { Engine } from '../activities/steps/engine.ts';
import { ClassifierTrainer } from '../phoenix/models/classifier.ts';
import { FeatureExtractor } from '../phoenix/models/feature-extractor.ts';
import { featureNetwork } from '../phoenix/models/feature-networks.ts';
import { samplerFor, trainerFor } from '../phoenix/models/networks.ts';
import { canonicalJson } from '../phoenix/storage/canonical-json.ts';

/** Keeps of each kind of network what a run uses; one with other settings takes the oldest's place and memory. */
export function compiledEngine(): Engine {
  return {
    trainer: newest(trainerFor),
    sampler: newest(samplerFor),
    classifier: newest(({ settings, imageSize }) => new ClassifierTrainer(settings, imageSize)),
    // One in whose features samples are measured, and one that names their classes.
    extractor: newest(
      ({ network, imageSize }) => new FeatureExtractor(featureNetwork(network, imageSize), imageSize),
      2,
    ),
  };
}

function newest<Settings, Network extends { dispose(): void }>(
  compile: (settings: Settings) => Network,
  room = 1,
): (settings: Settings) => Promise<Network> {
  const kept = new Map<string, Network>();
  return async (settings) => {
    const key = canonicalJson(settings);
    const network = kept.get(key);
    if (network) return network;
    for (const [oldest, unused] of kept) {
      if (kept.size < room) break;
      unused.dispose();
      kept.delete(oldest);
    }
    const compiled = compile(settings);
    kept.set(key, compiled);
    return compiled;
  };
}
