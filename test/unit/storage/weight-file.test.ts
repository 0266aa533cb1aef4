import { expect, test } from 'vitest';
import { BadSafetensors } from '../../../phoenix/storage/safetensors.ts';
import { BadTorchFile } from '../../../phoenix/storage/torch-tensors.ts';
import { isUnreadable, readWeightFile } from '../../../phoenix/storage/weight-file.ts';

function safetensors(header: unknown, data: Uint8Array): Uint8Array {
  const json = new TextEncoder().encode(JSON.stringify(header));
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(json.length), true);
  return Uint8Array.from([...length, ...json, ...data]);
}

test('safetensors of other programs, with their types and metadata', () => {
  const bytes = safetensors(
    {
      __metadata__: { format: 'pt' },
      half: { dtype: 'F16', shape: [2, 1], data_offsets: [8, 12] },
      tracked: { dtype: 'I64', shape: [], data_offsets: [0, 8] },
    },
    Uint8Array.from([5, 0, 0, 0, 0, 0, 0, 0, 0x00, 0x3c, 0x00, 0xc0]),
  );
  const tensors = readWeightFile(bytes, ['model_state_dict']);
  expect(tensors.get('half')).toMatchObject({ type: 'F16', shape: [2, 1] });
  expect(tensors.get('half')!.read()).toEqual({ shape: [2, 1], data: Float32Array.of(1, -2) });
  expect(tensors.get('tracked')!.read()).toEqual({ shape: [], data: Int32Array.of(5) });
});

test('safetensors of types that are unknown, or cut off, are refused', () => {
  const entry = { dtype: 'F8_E4M3', shape: [1], data_offsets: [0, 1] };
  expect(() => readWeightFile(safetensors({ entry }, Uint8Array.of(0)), [])).toThrow(BadSafetensors);
  const cut = safetensors({ entry: { ...entry, dtype: 'F32', data_offsets: [0, 4] } }, Uint8Array.of(0));
  expect(() => readWeightFile(cut, [])).toThrow(BadSafetensors);
});

test.each([
  ['', 'neither'],
  ['text', 'neither'],
  ['PK', 'not a zip archive'],
  ['\u0002'.repeat(8) + '{', 'a header of'],
])('%j is no file of weights', (text, message) => {
  const attempt = () => readWeightFile(new TextEncoder().encode(text), []);
  expect(attempt).toThrow(expect.toSatisfy(isUnreadable));
  expect(attempt).toThrow(message);
});

test('a web page in place of the file is recognised', () => {
  expect(() => readWeightFile(new TextEncoder().encode('<!DOCTYPE html>'), [])).toThrow(
    new BadTorchFile('it is a web page'),
  );
});
