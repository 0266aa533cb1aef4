import { describe, expect, it } from 'vitest';
import { partsOf } from '../../../cli/export.ts';
import { BadInput } from '../../../cli/errors.ts';
import { ref } from '../report/example-run.ts';

const shared = { global: ref('global'), personal: [] };
const personal = {
  global: ref('base'),
  personal: [0, 2].map((client) => ({ client, ref: ref(`block of ${client}`) })),
};

describe('the parts of an exported network', () => {
  it('are the global weights, or those and the block of a client', () => {
    expect(partsOf('run', shared, null)).toEqual([ref('global')]);
    expect(partsOf('run', personal, 2)).toEqual([ref('base'), ref('block of 2')]);
  });

  it.each([
    [
      personal,
      null,
      "run has personal layers, each client its own, and no whole network belongs to everybody; --client exports a client's: 0, 2",
    ],
    [personal, 1, 'client 1 of run has no model of its own at the end; there are 0, 2'],
    [shared, 0, 'all clients of run have one model: leave out --client'],
  ])('are asked for clearly (%#)', (final, client, message) => {
    expect(() => partsOf('run', final, client)).toThrow(new BadInput(message));
  });
});
