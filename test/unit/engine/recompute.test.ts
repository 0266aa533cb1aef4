import { expect, test } from 'vitest';
import { tf, type Tensor } from '../../../phoenix/engine/backend.ts';
import { compile } from '../../../phoenix/engine/compile.ts';
import { gradients } from '../../../phoenix/engine/gradients.ts';
import type { Parameters } from '../../../phoenix/engine/layers.ts';
import { recomputed } from '../../../phoenix/engine/recompute.ts';
import type { Trace } from '../../../phoenix/engine/trace.ts';

type Network = (x: Tensor, p: Parameters, trace: Trace) => Tensor;

/** Loss and gradients of a network. */
function run(network: Network) {
  const weights = new Map([
    ['a', Float32Array.of(0.3, -1.2, 2)],
    ['b', Float32Array.of(1.5, 0.25, -0.5)],
  ]);
  const program = compile({
    variables: new Map([...weights.keys()].map((name) => [name, { shape: [3], dtype: 'float32' }])),
    functions: {
      step: {
        inputs: { x: { shape: [3], dtype: 'float32' } },
        body: ({ x }, trace) => {
          const variables = new Map([...weights.keys()].map((name) => [name, trace.read(name)]));
          const result = gradients(
            (p) =>
              network(x!, (name) => p.get(name)!, trace)
                .square()
                .sum()
                .asScalar(),
            variables,
          );
          return { loss: result.loss, a: result.gradients.get('a')!, b: result.gradients.get('b')! };
        },
      },
    },
  });
  program.set(new Map([...weights].map(([name, data]) => [name, { shape: [3], data }])));
  const values = program.run('step', { x: Float32Array.of(0.5, 1, -2) });
  program.dispose();
  return values;
}

const body = (p: Parameters, x: Tensor): Tensor => tf.sigmoid(x.mul(p('a'))).mul(tf.tanh(p('b')));

test('gives the same bytes as the part itself, also where parts follow and share parameters', () => {
  const plain = run((x, p) => body(p, body(p, x).add(x)));
  const again = run((x, p, trace) => {
    const part = recomputed(trace, p, ['a', 'b'], (q, input) => body(q, input!));
    return part(part(x).add(x));
  });
  expect(again).toEqual(plain);
});

test('the part is gone through twice: for its value, and for its gradient', () => {
  let times = 0;
  run((x, p, trace) =>
    recomputed(trace, p, ['a', 'b'], (q, input) => {
      times++;
      return body(q, input!);
    })(x),
  );
  expect(times).toBe(2);
});
