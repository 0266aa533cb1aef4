import { mkdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadExperiment } from '../../../phoenix/config/load.ts';
import { errorOf, inFolderOfItsOwn, message, topLevel } from '../../helpers/settings-file.ts';

inFolderOfItsOwn();

describe('an unknown key', () => {
  it.each([
    ['name: x\ntrainng: { steps: 1 }', `x.yaml:2:1 trainng: unknown key; allowed: ${topLevel}`],
    ['nam: x', `x.yaml:1:1 nam: unknown key; allowed: ${topLevel}`],
    [
      'name: x\ndata:\n  sharing:\n    alhpa: 5\n    beta: 5',
      'x.yaml:4:5 data.sharing.alhpa: unknown key; allowed: serverImages, beta, alpha, subset, warmup',
    ],
    [
      'name: x\nsampling: { method: ancestral, eta: 1 }',
      'x.yaml:2:32 sampling.eta: unknown key; allowed: method, steps, variance, clip',
    ],
    [
      'name: x\nmodel: { kind: dcgan, channels: [8] }',
      'x.yaml:2:23 model.channels: unknown key; allowed: kind, latents, generatorChannels, discriminatorChannels',
    ],
    [
      'name: x\nfiltering: { rule: lowest, threshold: 0.5 }',
      'x.yaml:2:28 filtering.threshold: unknown key; allowed: rule, metric, strikes, startRound, minimumClients, removal, skipRounds, samples',
    ],
    ['name: x\n"a.b\\n": 1', `x.yaml:2:1 "a.b\\n": unknown key; allowed: ${topLevel}`],
    ['name: x\n__proto__: { a: 1 }', `x.yaml:2:1 __proto__: unknown key; allowed: ${topLevel}`],
  ])('%s', (yaml, expected) => {
    expect(message(yaml)).toBe(expected);
  });
});

describe('a file that is no experiment', () => {
  it.each([
    ['name: x\nbase: other.yaml', 'x.yaml:2:1 base'],
    ['axes: { seed: [1, 2] }\nname: x', 'x.yaml:1:1 axes'],
    ['name: x\ntake: [{ from: other.yaml }]', 'x.yaml:2:1 take'],
  ])('is a sweep: %s', (yaml, where) => {
    expect(message(yaml)).toBe(
      `${where}: makes it a sweep, which \`npx phoenix sweep\` runs; allowed: the settings of an experiment`,
    );
  });

  it('is missing', () => {
    expect(errorOf(() => loadExperiment('none.yaml')).message).toBe(
      'none.yaml:1:1: no such file; allowed: a YAML file such as experiments/quickstart.yaml',
    );
  });

  it('is a folder', () => {
    mkdirSync('folder.yaml', { recursive: true });
    expect(errorOf(() => loadExperiment('folder.yaml')).message).toBe(
      'folder.yaml:1:1: cannot be read (EISDIR); allowed: a YAML file such as experiments/quickstart.yaml',
    );
  });

  it.each([
    [
      'empty',
      '',
      'x.yaml:1:1: the file is empty; allowed: an experiment; experiments/quickstart.yaml is one',
    ],
    [
      'only comments',
      '# nothing\n',
      'x.yaml:1:1: the file is empty; allowed: an experiment; experiments/quickstart.yaml is one',
    ],
    ['a list', '- name: x', `x.yaml:1:1: [{"name":"x"}] is not a block of settings; allowed: ${topLevel}`],
    ['a text', 'quickstart', `x.yaml:1:1: "quickstart" is not a block of settings; allowed: ${topLevel}`],
    [
      'an open bracket',
      'name: x\nmodel: { channels: [1, 2 }',
      'x.yaml:2:26: Flow sequence in block collection must be sufficiently indented and end with a ]; allowed: well-formed YAML',
    ],
    [
      'a tab',
      'data:\n\tclients: 4',
      'x.yaml:2:1: Tabs are not allowed as indentation; allowed: well-formed YAML',
    ],
    [
      'a key twice',
      'name: x\nseed: 1\nseed: 2',
      'x.yaml:3:1: Map keys must be unique; allowed: well-formed YAML',
    ],
    ['an unknown tag', 'name: !run x', 'x.yaml:1:7: Unresolved tag: !run; allowed: well-formed YAML'],
    [
      'an alias of nothing',
      'name: *x',
      'x.yaml:1:1: Unresolved alias (the anchor must be set before the alias): x; allowed: well-formed YAML',
    ],
    [
      'two documents',
      'name: x\n---\nname: y',
      'x.yaml:2:1: Source contains multiple documents; allowed: well-formed YAML',
    ],
  ])('is %s', (_, yaml, expected) => {
    expect(message(yaml)).toBe(expected);
  });
});
