/** Trained networks that are published by others and not shipped with Phoenix, one entry each. */
import { inceptionParameters } from './inception-parameters.ts';
import { lanetParameters } from './lanet-parameters.ts';
import type { Shapes } from './unet-parameters.ts';

export const releaseNames = ['inception', 'lanet'] as const;

export type ReleaseName = (typeof releaseNames)[number];

export interface WeightRelease {
  readonly network: string;
  /** The published file, and where it is. */
  readonly file: string;
  readonly address: string;
  /** Length and SHA-256 (hex) of the published file; null where nobody has published them. */
  readonly known: { readonly bytes: number; readonly sha256: string } | null;
  readonly license: string;
  /** Keys that lead from what the file holds to the state dict. */
  readonly path: readonly string[];
  /** In our layout. */
  readonly shapes: Shapes;
}

export const weightReleases: Readonly<Record<ReleaseName, WeightRelease>> = {
  inception: {
    network: 'FID Inception V3, as torch-fidelity and pytorch-fid have it',
    file: 'weights-inception-2015-12-05-6726825d.pth',
    address:
      'https://github.com/toshas/torch-fidelity/releases/download/v0.2.0/weights-inception-2015-12-05-6726825d.pth',
    // pytorch-fid publishes the same bytes as pt_inception-2015-12-05-6726825d.pth.
    known: {
      bytes: 95_628_359,
      sha256: '6726825d0af5f729cebd5821db510b11b1cfad8faad88a03f1befd49fb9129b2',
    },
    license: 'Apache 2.0',
    path: [],
    shapes: inceptionParameters,
  },
  lanet: {
    network: 'LaNet for CIFAR-10, 99.03 %, 24 layers, 128 channels',
    file: 'top1.pt',
    address: 'https://github.com/facebookresearch/LaMCTS/tree/main/LaNAS/LaNet/CIFAR10',
    known: null,
    license: 'CC BY-NC 4.0, not for commercial use',
    path: ['model_state_dict'],
    shapes: lanetParameters,
  },
};
