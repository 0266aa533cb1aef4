import { expect, test, vi } from 'vitest';
import { benchNeeds, everything, needsOf, testNeeds } from '../../../infra/setup/needs.mjs';

test.each([[['--help']], [['up', '--help']], [['status']], [['doctor']], [['run', 'up']], [[]]])(
  'phoenix %j needs no more than the program itself',
  (args) => expect(needsOf(args, {})).toEqual(['packages', 'build']),
);

test('a GPU worker needs the native library and the data, and no server', () => {
  expect(needsOf(['worker', 'gpu', '--slots', '2'], {}).toSorted()).toEqual(
    ['addon', 'build', 'cifar10', 'libtensorflow', 'packages'].toSorted(),
  );
});

test('a step is computed again with the native library and the data', () => {
  const compute = ['packages', 'build', 'libtensorflow', 'addon', 'cifar10'];
  expect(needsOf(['verify', 'tiny', '--recompute', 'ab'], {})).toEqual(compute);
  expect(needsOf(['verify', 'tiny', '--recompute=ab'], {})).toEqual(compute);
  expect(needsOf(['verify', '--all'], {})).toEqual(['packages', 'build']);
});

test('metrics need the native library, and CIFAR-10 unless they compare with a folder', () => {
  const compute = ['packages', 'build', 'libtensorflow', 'addon'];
  expect(needsOf(['metrics', 'images'], {})).toEqual([...compute, 'cifar10']);
  expect(needsOf(['metrics', 'images', '--against', 'cifar10-test'], {})).toEqual([...compute, 'cifar10']);
  expect(needsOf(['metrics', 'images', '--against', 'others'], {})).toEqual(compute);
  expect(needsOf(['metrics', '--against=others', 'images'], {})).toEqual(compute);
});

test('the stack needs everything', () => {
  expect(needsOf(['up'], {})).toEqual(everything({}));
  expect(everything({})).toEqual(
    expect.arrayContaining(['temporal', 'versitygw', 'addon', 'cifar10', 'build']),
  );
});

test('a server that the environment names is not brought', () => {
  expect(everything({ TEMPORAL_ADDRESS: 'host:7233' })).not.toContain('temporal');
  expect(everything({ TEMPORAL_ADDRESS: 'host:7233' })).toContain('versitygw');
  expect(everything({ PHOENIX_S3_ENDPOINT: 'http://host' })).not.toContain('versitygw');
});

test('tests bring servers of their own, and a browser where there is one for this machine', () => {
  vi.stubEnv('TEMPORAL_ADDRESS', 'host:7233');
  expect(testNeeds()).toEqual(expect.arrayContaining(everything({})));
  expect(testNeeds().includes('browser')).toBe(process.arch === 'x64');
  vi.unstubAllEnvs();
});

test('a benchmark needs the native library, its peer where it is measured, and servers where it stores or runs something', () => {
  const compute = ['packages', 'build', 'libtensorflow', 'addon'];
  expect(benchNeeds({ name: 'train', peer: false })).toEqual(compute);
  expect(benchNeeds({ name: 'train', peer: true })).toEqual([...compute, 'peers']);
  expect(benchNeeds({ name: 'checkpoint', peer: false })).toEqual([...compute, 'versitygw']);
  expect(benchNeeds({ name: 'round', peer: false })).toEqual([...compute, 'versitygw', 'temporal']);
  expect(benchNeeds({ name: 'clients', peer: false })).toEqual([
    ...compute,
    'versitygw',
    'temporal',
    'cifar10',
  ]);
});
