import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withoutWeights, withWeights } from '../../../phoenix/config/feature-settings.ts';
import { findWeights } from '../../../phoenix/config/feature-weights.ts';
import { resolveExperiment, unresolved } from '../../../phoenix/config/resolve.ts';
import type { FeatureBlock } from '../../../phoenix/config/schema.ts';
import { inFolderOfItsOwn, load } from '../../helpers/settings-file.ts';

inFolderOfItsOwn();

const ref = (name: string) => ({ hash: name, bytes: 1 });

describe('a network that metrics look through', () => {
  let cache: string;

  beforeAll(() => {
    cache = mkdtempSync(join(tmpdir(), 'phoenix-no-weights-'));
    process.env['PHOENIX_CACHE'] = cache;
  });

  afterAll(() => {
    delete process.env['PHOENIX_CACHE'];
    rmSync(cache, { recursive: true });
  });

  it('is the one that comes with Phoenix where it knows the images', () => {
    for (const imageSize of [16, 32]) {
      expect(load(`name: x\ndata: { imageSize: ${imageSize} }`).experiment.features).toEqual({
        kind: 'cifar-classifier',
        labels: 'own',
        weights: findWeights('cifar-classifier', imageSize),
        labeller: null,
      });
    }
    const small = load(
      'name: x\ndata: { imageSize: 8 }\nmodel: { channels: [8], attention: [false], groups: 8 }',
    );
    expect(small.experiment.features).toMatchObject({ kind: 'classifier', dimensions: 64, labeller: null });
  });

  it.each([
    [
      'kind: cifar-classifier',
      'features.kind: cifar-classifier is for images of 16 or 32 pixels, these have 8; allowed: classifier, inception-fid',
    ],
    [
      'kind: classifier, labels: lanet',
      'features.labels: the weights of lanet are not on this machine; allowed: it, after `npx phoenix weights add lanet FILE|URL`, or another one',
    ],
    [
      'kind: inception-fid',
      'features.kind: the weights of inception-fid are not on this machine; allowed: it, after `npx phoenix weights add inception FILE|URL`, or another one',
    ],
    [
      'kind: inception-fid, labels: own',
      'features.labels: "own" is not allowed; allowed: cifar-classifier, lanet',
    ],
  ])('is refused where it cannot be used: %s', (features, message) => {
    const data = 'data: { imageSize: 8 }\nmodel: { channels: [8], attention: [false], groups: 8 }';
    expect(() => load(`name: x\n${data}\nfeatures: { ${features} }`)).toThrow(message);
  });

  it('may leave the classes to another one, whose weights belong to the run as well', () => {
    const weights = (kind: string) => ref(kind);
    const value = { name: 'x', features: { kind: 'inception-fid', labels: 'lanet' } };
    const resolved = resolveExperiment(value, { init: null, images: null, weights });
    if (!('experiment' in resolved)) throw new Error(resolved.problems[0].what);
    expect(resolved.experiment.features).toEqual({
      kind: 'inception-fid',
      labels: 'lanet',
      weights: ref('inception-fid'),
      labeller: { kind: 'lanet', weights: ref('lanet') },
    });
    const again = unresolved(resolved.experiment);
    expect(resolveExperiment(again.value, again.folders)).toEqual(resolved);
  });

  it.each<FeatureBlock>([
    { kind: 'cifar-classifier', labels: 'own' },
    { kind: 'cifar-classifier', labels: 'cifar-classifier' },
    { kind: 'cifar-classifier', labels: 'lanet' },
    { kind: 'inception-fid', labels: 'cifar-classifier' },
  ])('is found again without its weights: $kind, $labels', (block) => {
    const found = withWeights(block, 32, (kind) => ref(kind));
    if (!('found' in found)) throw new Error(found.problem.what);
    const { features, weights } = withoutWeights(found.found);
    expect(features).toEqual(block);
    expect(withWeights(features, 32, weights)).toEqual(found);
  });
});
