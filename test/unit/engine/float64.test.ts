import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { compile } from '../../../phoenix/engine/compile.ts';
import {
  bitsOf,
  columnHalves,
  float64Input,
  float64Of,
  float64Op,
  fromBits,
  sum64,
  toBits,
} from '../../../phoenix/engine/float64.ts';

const program = compile({
  variables: new Map(),
  functions: {
    negate: {
      inputs: { x: float64Input([-1, 2]) },
      body: ({ x }, trace) => ({ y: toBits(trace, float64Op(trace, 'Neg', fromBits(trace, x!))) }),
    },
    halves: {
      inputs: { x: float64Input([-1, 6]) },
      body: ({ x }, trace) => ({
        y: toBits(trace, sum64(trace, columnHalves(trace, fromBits(trace, x!), 6))),
      }),
    },
  },
});
afterAll(() => program.dispose());

test('values cross the border of a graph without rounding, however many rows', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.double(), fc.double()), { minLength: 1, maxLength: 5 }), (rows) => {
      const values = Float64Array.from(rows.flat());
      const { y } = program.run('negate', { x: bitsOf(values) });
      expect([...float64Of(y!)]).toEqual([...values].map((value) => -value));
    }),
  );
});

test('halves of columns keep their rows', () => {
  const { y } = program.run('halves', {
    x: bitsOf(Float64Array.of(1, 2, 3, 10, 20, 30, 4, 5, 6, 40, 50, 60)),
  });
  expect([...float64Of(y!)]).toEqual([11, 22, 33, 44, 55, 66]);
});
