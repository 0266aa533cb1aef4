import { describe, expect, it } from 'vitest';
import { inFolderOfItsOwn, load, message, topLevel } from '../../helpers/settings-file.ts';

inFolderOfItsOwn();

describe('overrides', () => {
  const value = (...overrides: string[]) =>
    load(
      'name: x\ndata:\n  clients: 3\n  sharing: { beta: 5, alpha: 50 }\nmodel: { channels: [32, 64], attention: [false, true] }',
      overrides,
    ).experiment;

  it('replace, add and make blocks on the way', () => {
    expect(value('data.clients=5').data.clients).toBe(5);
    expect(value('federation.rounds=3').federation.rounds).toBe(3);
    expect(value('filtering.rule=lowest').filtering?.rule).toBe('lowest');
  });

  it('have YAML values: lists, blocks, null', () => {
    expect(value('model.attention=[true, true]').model).toMatchObject({ attention: [true, true] });
    expect(value('sampling={method: ancestral}').sampling).toEqual({
      method: 'ancestral',
      steps: null,
      variance: 'fixedSmall',
      clip: true,
    });
    expect(value('data.sharing=null').data.sharing).toBeNull();
  });

  it('reach into lists', () => {
    expect(value('model.channels.1=96').model).toMatchObject({ channels: [32, 96] });
  });

  it('apply in order', () => {
    expect(value('seed=1', 'seed=2').seed).toBe(2);
    expect(
      value('data.sharing=null', 'data.sharing={beta: 5, alpha: 1}', 'data.sharing.alpha=2').data.sharing,
    ).toMatchObject({ alpha: 2 });
  });
});

describe('a bad override', () => {
  const yaml = 'name: x\ndata:\n  clients: 3\nmodel: { channels: [32, 64], attention: [true, true] }';

  it.each([
    ['seed', '--set seed: is not an override; allowed: path=value, as in data.sharing.alpha=50'],
    ['=5', '--set =5: is not an override; allowed: path=value, as in data.sharing.alpha=50'],
    [
      'data..clients=5',
      '--set data..clients=5: is not an override; allowed: path=value, as in data.sharing.alpha=50',
    ],
    [
      'data.clients=0',
      '--set data.clients=0 data.clients: 0 is out of range; allowed: whole numbers from 1 to 1000',
    ],
    [
      'data.client=5',
      '--set data.client=5 data.client: unknown key; allowed: source, imageSize, clients, partition, sharing',
    ],
    ['trainng.steps=5', `--set trainng.steps=5 trainng: unknown key; allowed: ${topLevel}`],
    [
      'data={clients: 0}',
      '--set data={clients: 0} data.clients: 0 is out of range; allowed: whole numbers from 1 to 1000',
    ],
    [
      'filtering.strikes=1',
      '--set filtering.strikes=1 filtering.rule: is missing; allowed: lowest, threshold, average',
    ],
    ['seed=', '--set seed= seed: null is not a number; allowed: whole numbers from 0 to 2147483647'],
    ['seed=[1', '--set seed=[1: Flow sequence must end with a ]; allowed: well-formed YAML'],
    ['name.x=1', '--set name.x=1 name.x: "x" is a single value, not a block; allowed: a setting'],
    [
      'model.channels.2=3',
      '--set model.channels.2=3 model.channels.2: a list of 2 has no entry 2; allowed: 0 to 1',
    ],
    [
      'model.channels.length=3',
      '--set model.channels.length=3 model.channels.length: a list of 2 has no entry length; allowed: 0 to 1',
    ],
    [
      'model.channels.0=40',
      '--set model.channels.0=40 model.channels.0: 40 is not divisible by model.groups; allowed: multiples of 32',
    ],
    ['__proto__.polluted=1', `--set __proto__.polluted=1 __proto__: unknown key; allowed: ${topLevel}`],
  ])('%s', (override, expected) => {
    expect(message(yaml, [override])).toBe(expected);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('is not blamed for what the file says', () => {
    expect(message('name: x\nseed: -1', ['data.clients=3'])).toMatch(/^x\.yaml:2:7 seed: -1/);
  });
});
