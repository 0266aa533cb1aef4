/** Rules of the networks that metrics look through. */
import type { Problem } from '../explain.ts';
import type { Experiment } from '../schema.ts';
import { problem } from './problem.ts';

/** Networks that are trained already know CIFAR-10's classes; Inception's layers do for all images, but someone must name classes. */
export function* features({ data, features: { kind, labels } }: Experiment): Generator<Problem> {
  if (data.source !== 'cifar10') {
    const what = (network: string) => `${network} does not know the classes of these images`;
    if (kind !== 'classifier') yield problem('features.kind', what(kind), 'classifier');
    else if (labels !== 'own') yield problem('features.labels', what(labels), 'own');
  }
  if (labels === 'lanet' && data.imageSize !== 32) {
    const what = `lanet is for images of 32 pixels, these have ${data.imageSize}`;
    yield problem('features.labels', what, kind === 'inception-fid' ? 'cifar-classifier' : 'own');
  }
}
