import { expect, test } from 'vitest';
import { tf } from '../../../phoenix/engine/backend.ts';
import { transposedConvolution } from '../../../phoenix/engine/transposed-convolution.ts';

// Whole numbers, so that float32 is exact.
const numbers = (length: number) => Float32Array.from({ length }, (_, k) => ((k * 7919) % 11) - 5);

test.each([
  { what: 'doubles with a kernel of 4', side: 3, size: 4, stride: 2, padding: 1, result: 6 },
  { what: 'turns one pixel into an image', side: 1, size: 4, stride: 1, padding: 0, result: 4 },
  { what: 'keeps the resolution with a kernel of 1', side: 3, size: 1, stride: 1, padding: 0, result: 3 },
])('$what', ({ side, size, stride, padding, result }) => {
  const [batch, inputs, outputs] = [2, 3, 5];
  const x = numbers(batch * side * side * inputs);
  const weight = numbers(size * size * outputs * inputs);
  // Every input pixel adds its multiple of the kernel to the result.
  const want = new Float32Array(batch * result * result * outputs);
  const each = (visit: (b: number, i: number, j: number, u: number, v: number) => void) => {
    for (let b = 0; b < batch; b++)
      for (let i = 0; i < side; i++)
        for (let j = 0; j < side; j++)
          for (let u = 0; u < size; u++) for (let v = 0; v < size; v++) visit(b, i, j, u, v);
  };
  each((b, i, j, u, v) => {
    const [row, column] = [i * stride + u - padding, j * stride + v - padding];
    if (row < 0 || row >= result || column < 0 || column >= result) return;
    for (let o = 0; o < outputs; o++)
      for (let n = 0; n < inputs; n++) {
        const pixel = x[((b * side + i) * side + j) * inputs + n]!;
        const factor = weight[((u * size + v) * outputs + o) * inputs + n]!;
        want[((b * result + row) * result + column) * outputs + o]! += pixel * factor;
      }
  });
  tf.tidy(() => {
    const y = transposedConvolution(
      tf.tensor4d(x, [batch, side, side, inputs]),
      tf.tensor4d(weight, [size, size, outputs, inputs]),
    );
    expect(y.shape).toEqual([batch, result, result, outputs]);
    expect(y.dataSync()).toEqual(want);
  });
});
