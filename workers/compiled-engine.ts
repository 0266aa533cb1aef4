/** The engine of the steps, for real: compiled networks, kept for the next step that wants the same ones. */
import type { Engine } from '../activities/steps/engine.ts';
import { ClassifierTrainer, classifierNetwork } from '../phoenix/models/classifier.ts';
import { FeatureExtractor } from '../phoenix/models/feature-extractor.ts';
import { samplerFor, trainerFor } from '../phoenix/models/networks.ts';
import { canonicalJson } from '../phoenix/storage/canonical-json.ts';

/** Keeps one network of each kind, which is what a run uses; one with other settings takes its place and memory. */
export function compiledEngine(): Engine {
  return {
    trainer: newest(trainerFor),
    sampler: newest(samplerFor),
    classifier: newest(
      ({ features, imageSize, classes }) => new ClassifierTrainer(features, imageSize, classes),
    ),
    extractor: newest(
      ({ features, imageSize, classes }) =>
        new FeatureExtractor(classifierNetwork(features, classes), imageSize),
    ),
  };
}

function newest<Settings, Network extends { dispose(): void }>(
  compile: (settings: Settings) => Network,
): (settings: Settings) => Promise<Network> {
  let kept: { key: string; network: Network } | null = null;
  return async (settings) => {
    const key = canonicalJson(settings);
    if (kept?.key !== key) {
      kept?.network.dispose();
      kept = null;
      kept = { key, network: compile(settings) };
    }
    return kept.network;
  };
}
