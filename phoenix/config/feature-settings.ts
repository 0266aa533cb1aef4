/** The weights of the networks that `features` names: they belong to the settings of a run, by their hash. */
import type { Ref } from '../federation/records.ts';
import { extractors, type PretrainedKind } from '../models/extractors.ts';
import type { Problem } from './explain.ts';
import { problem } from './rules/problem.ts';
import type { Features, FeatureBlock } from './schema.ts';

/** Null: this machine has none, or there are none for such images. */
export type FindWeights = (kind: PretrainedKind, imageSize: number) => Ref | null;

export function withWeights(
  features: FeatureBlock,
  imageSize: number,
  find: FindWeights,
): { readonly found: Features } | { readonly problem: Problem } {
  const { kind, labels } = features;
  const weights = kind === 'classifier' ? null : find(kind, imageSize);
  if (kind !== 'classifier' && !weights) return { problem: unusable('features.kind', kind, imageSize) };
  const labeller = labels === 'own' || labels === kind ? null : find(labels, imageSize);
  if (labels !== 'own' && labels !== kind && !labeller)
    return { problem: unusable('features.labels', labels, imageSize) };
  return {
    found: {
      ...features,
      ...(weights && { weights }),
      labeller: labeller && { kind: labels, weights: labeller },
    } as Features,
  };
}

/** What `withWeights` made it from. */
export function withoutWeights({ labeller, ...features }: Features): {
  readonly features: FeatureBlock;
  readonly weights: FindWeights;
} {
  if (features.kind === 'classifier') return { features, weights: () => labeller?.weights ?? null };
  const { weights, ...block } = features;
  return {
    features: block,
    weights: (kind) => (kind === features.kind ? weights : (labeller?.weights ?? null)),
  };
}

function unusable(path: string, kind: PretrainedKind, imageSize: number): Problem {
  if (kind === 'cifar-classifier') {
    const sizes = extractors[kind].imageSizes!.join(' or ');
    const what = `${kind} is for images of ${sizes} pixels, these have ${imageSize}`;
    return problem(path, what, path === 'features.kind' ? 'classifier, inception-fid' : 'own, lanet');
  }
  const name = kind === 'lanet' ? 'lanet' : 'inception';
  const what = `the weights of ${kind} are not on this machine`;
  return problem(path, what, `it, after \`npx phoenix weights add ${name} FILE|URL\`, or another one`);
}
