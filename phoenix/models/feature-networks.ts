/** The network of each kind that features are taken from. */
import type { CifarClassifierSize } from './cifar-classifier-parameters.ts';
import { cifarClassifierNetwork } from './cifar-classifier.ts';
import { classifierNetwork } from './classifier.ts';
import type { NetworkChoice } from './extractors.ts';
import type { FeatureNetwork } from './feature-network.ts';
import { inceptionNetwork } from './inception.ts';
import { lanetNetwork } from './lanet.ts';

/** @param imageSize side of the square images; the rules of an experiment see to it that the network takes it */
export function featureNetwork(choice: NetworkChoice, imageSize: number): FeatureNetwork {
  switch (choice.kind) {
    case 'classifier':
      return classifierNetwork(choice);
    case 'cifar-classifier':
      return cifarClassifierNetwork(imageSize as CifarClassifierSize);
    case 'inception-fid':
      return inceptionNetwork;
    case 'lanet':
      return lanetNetwork;
  }
}
