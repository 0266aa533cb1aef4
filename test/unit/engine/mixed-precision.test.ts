import { expect, test } from 'vitest';
import { tf, type Tensor4D } from '../../../phoenix/engine/backend.ts';
import { compile } from '../../../phoenix/engine/compile.ts';
import { gradients } from '../../../phoenix/engine/gradients.ts';
import { convolution } from '../../../phoenix/engine/layers.ts';
import type { Precision } from '../../../phoenix/engine/mixed-precision.ts';

/** Sum of squares of a convolution without padding, and its gradients. */
function run(precision: Precision, image: number[], kernel: number[]) {
  const [height, inputs] = [Math.sqrt(kernel.length), 1];
  const program = compile({
    precision,
    variables: new Map([
      ['conv.weight', { shape: [height, height, inputs, 1], dtype: 'float32' }],
      ['conv.bias', { shape: [1], dtype: 'float32' }],
    ]),
    functions: {
      step: {
        inputs: { image: { shape: [1, height, height, inputs], dtype: 'float32' } },
        body: ({ image: x }, trace) => {
          const weights = new Map(['weight', 'bias'].map((name) => [name, trace.read(`conv.${name}`)]));
          const result = gradients(
            (p) =>
              convolution(x as Tensor4D, (name) => p.get(name)!, { padding: 'valid' })
                .square()
                .sum()
                .asScalar(),
            weights,
          );
          const [weight, bias] = ['weight', 'bias'].map((name) => result.gradients.get(name)!);
          return { loss: result.loss, weight: weight!, bias: bias!, sum: tf.add(x!, 0) };
        },
      },
    },
  });
  program.set(
    new Map([
      ['conv.weight', { shape: [height, height, inputs, 1], data: Float32Array.from(kernel) }],
      ['conv.bias', { shape: [1], data: new Float32Array(1) }],
    ]),
  );
  const result = program.run('step', { image: Float32Array.from(image) });
  program.dispose();
  return result;
}

test('operands of a product have the eight significant bits of bfloat16, and everything else has all of them', () => {
  const fine = 1 + 2 ** -10; // bfloat16 has no number between 1 and 1 + 2⁻⁷
  const image = [fine, 0, 0, 0];
  const kernel = [1, 0, 0, 0];
  expect(run('float32', image, kernel).loss![0]).toBe(Math.fround(fine * fine));
  const { loss, sum } = run('bfloat16', image, kernel);
  expect(loss![0]).toBe(1);
  expect(sum![0]).toBe(fine);
});

test('gradients of numbers that bfloat16 has are those of float32', () => {
  const [image, kernel] = [
    [1, 2, -3, 4],
    [0.5, -1, 2, 0.25],
  ];
  expect(run('bfloat16', image!, kernel!)).toEqual(run('float32', image!, kernel!));
});
