import { afterEach, beforeEach, expect, it, vi } from 'vitest';

const { argv, exitCode } = process;
beforeEach(() => vi.resetModules());
afterEach(() => {
  Object.assign(process, { argv, exitCode });
  vi.restoreAllMocks();
});

it.each([
  ['disconnect', '-1', 'It must be a whole number from 0.'],
  ['reinstate', '1.5', 'It must be a whole number from 0.'],
  ['set-threshold', 'high', 'It must be a number from 0 to 1.'],
  ['set-threshold', '1.5', 'It must be a number from 0 to 1.'],
  ['stop-after', '', 'It must be a whole number from 1.'],
  ['add-rounds', '0', 'It must be a whole number from 1.'],
])('%s says what is wrong with %j', async (command, value, reason) => {
  process.argv = ['node', 'phoenix', command, 'tiny', '--', value];
  const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  await import('../../../cli/main.ts');
  expect(process.exitCode).toBe(2);
  expect(said.mock.calls.map(([text]) => text).join('')).toMatch(
    new RegExp(`^error: command-argument value '${value}' is invalid for argument .*\\. ${reason}\n$`),
  );
});
