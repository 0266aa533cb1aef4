import { expect, test } from 'vitest';
import { clipByGlobalNorm } from '../../../phoenix/engine/clip.ts';
import { compile } from '../../../phoenix/engine/compile.ts';

/** One gradient [3] and one [1] of norm 13 together, scaled by `scale`. */
function clip(maxNorm: number, scale: number) {
  const program = compile({
    variables: new Map(),
    functions: {
      clip: {
        inputs: { a: { shape: [3], dtype: 'float32' }, b: { shape: [1], dtype: 'float32' } },
        body: ({ a, b }) => {
          const gradients = new Map([
            ['a', a!],
            ['b', b!],
          ]);
          const { clipped, norm } = clipByGlobalNorm(gradients, maxNorm);
          return { ...Object.fromEntries(clipped), norm };
        },
      },
    },
  });
  const scaled = (...values: number[]) => Float32Array.from(values, (value) => value * scale);
  const { a, b, norm } = program.run('clip', { a: scaled(3, 0, -4), b: scaled(12) });
  program.dispose();
  return { gradients: [...a!, ...b!], norm: norm![0]! };
}

test.each([
  [2, 1],
  [2, 1e-3],
  [13, 1],
  [1e-3, 1e-6],
  [5, 1e4],
])('a norm above %d is brought down to it, gradients times %d', (maxNorm, scale) => {
  const { gradients, norm } = clip(maxNorm, scale);
  expect(norm / (13 * scale)).toBeCloseTo(1, 5);
  const factor = Math.min(1, maxNorm / (13 * scale + 1e-6)) * scale;
  [3, 0, -4, 12].forEach((value, k) => expect(gradients[k]! / factor).toBeCloseTo(value, 4));
});

test('a small norm leaves every bit alone', () => {
  expect(clip(14, 1).gradients).toEqual([3, 0, -4, 12]);
});

test('zero gradients stay zero, and a norm that is not finite is not hidden', () => {
  expect(clip(1, 0)).toEqual({ gradients: [0, 0, -0, 0], norm: 0 });
  expect(clip(1, Number.NaN).norm).toBeNaN();
  expect(clip(1, Number.NaN).gradients[0]).toBeNaN();
});
