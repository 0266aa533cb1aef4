/** The last thing before a run: what its settings name is read in full, so that nothing can be missing later. */
import { decodeFolder } from '../data/folder-images.ts';
import { refOf } from '../storage/blobs.ts';
import { encodeSafetensors } from '../storage/safetensors.ts';
import { readWeights } from './feature-weights.ts';
import { named, type LoadedExperiment, type NamedExperiment } from './load.ts';

export interface ReadyExperiment extends NamedExperiment {
  /** What `experiment` names by hash: these must be in the store before the run starts. */
  readonly blobs: readonly Uint8Array[];
}

/** @throws UnusableImages */
export async function readyExperiment({
  initialWeights,
  imageFolder,
  ...loaded
}: LoadedExperiment): Promise<ReadyExperiment> {
  const { data, features } = loaded.experiment;
  const networks = [
    ...(features.kind === 'classifier' ? [] : [features]),
    ...(features.labeller ? [features.labeller] : []),
  ];
  const weights = [
    ...(initialWeights ? [initialWeights] : []),
    ...networks.map(({ kind }) => readWeights(kind, data.imageSize)!),
  ];
  if (!imageFolder) return { ...loaded, blobs: weights };
  const images = encodeSafetensors(await decodeFolder(imageFolder, data.imageSize));
  const source = { ...imageFolder.shape, images: refOf(images) };
  const experiment = { ...loaded.experiment, data: { ...data, source } };
  return { ...named(experiment), blobs: [...weights, images] };
}
