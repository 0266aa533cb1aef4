import { expect, test } from 'vitest';
import type { Tensor } from '../../../phoenix/engine/backend.ts';
import { compile } from '../../../phoenix/engine/compile.ts';
import { gradients } from '../../../phoenix/engine/gradients.ts';
import { leakyRelu, relu } from '../../../phoenix/engine/rectifiers.ts';
import type { Trace } from '../../../phoenix/engine/trace.ts';

test.each([
  { name: 'relu', rectify: relu, y: [0, 0, 3], slopes: [0, 0, 1] },
  {
    name: 'leakyRelu',
    rectify: (x: Tensor, trace: Trace) => leakyRelu(x, 0.25, trace),
    y: [-0.5, -0.25, 3],
    slopes: [0.25, 0.25, 1],
  },
])('$name and its gradient', ({ rectify, y, slopes }) => {
  const program = compile({
    variables: new Map(),
    functions: {
      rectify: {
        inputs: { x: { shape: [3], dtype: 'float32' } },
        body: ({ x }, trace) => {
          const loss = (p: ReadonlyMap<string, Tensor>) => rectify(p.get('x')!, trace).mul([1, 2, 4]).sum();
          const result = gradients((p) => loss(p).asScalar(), new Map([['x', x!]]));
          return { y: rectify(x!, trace), dx: result.gradients.get('x')! };
        },
      },
    },
  });
  const got = program.run('rectify', { x: Float32Array.of(-2, -1, 3) });
  expect([...got.y!]).toEqual(y);
  expect([...got.dx!]).toEqual([1, 2, 4].map((factor, k) => factor * slopes[k]!));
  program.dispose();
});
