import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RefusedGlobal } from '../../../phoenix/storage/pickle.ts';
import type { Tensor } from '../../../phoenix/storage/safetensors.ts';
import { BadElements, type StoredTensors } from '../../../phoenix/storage/stored-tensor.ts';
import { readTorchFile } from '../../../phoenix/storage/torch-file.ts';
import { BadTorchFile } from '../../../phoenix/storage/torch-tensors.ts';
import { isUnreadable } from '../../../phoenix/storage/weight-file.ts';

const fixture = (name: string) => new Uint8Array(readFileSync(join('test/fixtures/torch', name)));

const readAll = (tensors: StoredTensors) =>
  new Map<string, Tensor>([...tensors].map(([name, tensor]) => [name, tensor.read()]));

const STATE = ['model_state_dict'];
const both = ['', '-legacy'];

interface Expected {
  readonly shape: readonly number[];
  readonly values: readonly string[];
}

const expected = new Map(
  Object.entries(
    JSON.parse(readFileSync('test/fixtures/torch/tensors.json', 'utf8')) as Record<string, Expected>,
  ),
);

describe.each(both)('the format%s', (format) => {
  test('every type, view and shared storage has the values that PyTorch printed', () => {
    const tensors = readAll(readTorchFile(fixture(`tensors${format}.pt`)));
    expect([...tensors.keys()]).toEqual([...expected.keys()]);
    for (const [name, { shape, values }] of expected) {
      const numbers = values.map((text) => (text === 'inf' ? Infinity : Number(text)));
      const { data, shape: read } = tensors.get(name)!;
      expect([...read], name).toEqual(shape);
      // PyTorch printed float32 values as float64: the same numbers, whatever their digits. Object.is tells −0.
      expect([...data], name).toEqual(numbers);
    }
    expect(tensors.get('int64')!.data).toBeInstanceOf(Int32Array);
    expect(tensors.get('uint8')!.data).toBeInstanceOf(Uint8Array);
    expect(tensors.get('bfloat16')!.data).toBeInstanceOf(Float32Array);
  });

  test('a state dict is found in a checkpoint by its path', () => {
    const tensors = readTorchFile(fixture(`checkpoint${format}.pt`), STATE);
    expect([...tensors].map(([name, { type, shape }]) => `${name} ${type} [${shape.join(', ')}]`)).toEqual([
      'conv.weight F32 [3, 2, 1, 2]',
      'depthwise.weight F32 [3, 1, 2, 2]',
      'bn.weight F32 [3]',
      'bn.bias F32 [3]',
      'bn.running_mean F32 [3]',
      'bn.running_var F32 [3]',
      'bn.num_batches_tracked I64 []',
      'fc.weight F32 [2, 3]',
      'fc.bias F32 [2]',
    ]);
    expect(() => readTorchFile(fixture(`checkpoint${format}.pt`))).toThrow(
      new BadTorchFile('it has epoch, which is no tensor'),
    );
    expect(() => readTorchFile(fixture(`checkpoint${format}.pt`), ['ema'])).toThrow(
      new BadTorchFile('its ema is no dictionary of tensors'),
    );
  });

  test('a pickle that would run a command is refused by the name of what it asks for', () => {
    expect(() => readTorchFile(fixture(`system${format}.pt`))).toThrow(
      expect.objectContaining({ name: 'RefusedGlobal', global: 'posix.system' }),
    );
  });

  test('what is cut off is never taken for whole', () => {
    const whole = fixture(`checkpoint${format}.pt`);
    for (let length = 0; length < whole.length; length++) {
      const outcome = attempt(whole.subarray(0, length));
      expect(isUnreadable(outcome), `${length} bytes: ${String(outcome)}`).toBe(true);
    }
  });
});

test('both formats have the same weights', () => {
  const [zipped, legacy] = both.map((format) =>
    readAll(readTorchFile(fixture(`checkpoint${format}.pt`), STATE)),
  );
  expect(zipped).toEqual(legacy);
});

test('later protocols of pickle are read', () => {
  expect(readAll(readTorchFile(fixture('protocol4.pt')))).toEqual(
    readAll(readTorchFile(fixture('checkpoint.pt'), STATE)),
  );
});

test('a zip that looks like a file of PyTorch and asks for eval is refused', () => {
  expect(() => readTorchFile(fixture('eval.pt'))).toThrow(new RefusedGlobal('builtins.eval'));
});

test('a flipped bit gives an error or the right values, since zip entries have checksums', () => {
  const whole = fixture('tensors.pt');
  const right = readAll(readTorchFile(whole));
  fc.assert(
    fc.property(fc.nat(whole.length - 1), fc.nat(7), (at, bit) => {
      const damaged = whole.slice();
      damaged[at]! ^= 1 << bit;
      const outcome = attempt(damaged, []);
      if (outcome instanceof Map) expect(outcome).toEqual(right);
      else expect(isUnreadable(outcome), String(outcome)).toBe(true);
    }),
    { numRuns: 3000 },
  );
});

test('whatever the bytes of the older format are, there is an error with a name or tensors', () => {
  const whole = fixture('checkpoint-legacy.pt');
  const change = fc.tuple(fc.nat(whole.length - 1), fc.nat(255));
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
      const damaged = whole.slice();
      for (const [at, byte] of changes) damaged[at] = byte;
      const outcome = attempt(damaged);
      expect(outcome instanceof Map || isUnreadable(outcome), String(outcome)).toBe(true);
    }),
    { numRuns: 5000 },
  );
});

test('an integer that does not fit is no other number', () => {
  const name = 'tensors-legacy.pt';
  const bytes = fixture(name);
  // −5 as int64: its fifth byte is the first that int32 does not have.
  const at = Buffer.from(bytes).indexOf(Buffer.from('fbffffffffffffff', 'hex'));
  bytes[at + 4] = 0;
  expect(() => readTorchFile(bytes).get('int64')!.read()).toThrow(BadElements);
});

function attempt(bytes: Uint8Array, path: readonly string[] = STATE): unknown {
  try {
    return readAll(readTorchFile(bytes, path));
  } catch (error) {
    return error;
  }
}
