/** Weights as other programs have saved them: files of PyTorch, and safetensors of any type. */
import { BadPickle } from './pickle-bytes.ts';
import { BadSafetensors, elements, headerLength, readLayout } from './safetensors.ts';
import { BadElements, decodeElements, elementBytes, type StoredTensors } from './stored-tensor.ts';
import { isTorchFile, readTorchFile } from './torch-file.ts';
import { BadTorchFile } from './torch-tensors.ts';
import { BadZip } from './zip.ts';

/** What is wrong with the file itself, in words that can follow its name. */
export const isUnreadable = (error: unknown): error is Error =>
  [BadTorchFile, BadZip, BadPickle, BadSafetensors, BadElements].some((kind) => error instanceof kind);

/**
 * @param path keys that lead to the state dict in a file of PyTorch; safetensors have nothing else
 * @throws errors that are `isUnreadable`
 */
export function readWeightFile(bytes: Uint8Array, path: readonly string[]): StoredTensors {
  if (isTorchFile(bytes)) return readTorchFile(bytes, path);
  if (bytes[8] === BRACE) return storedSafetensors(bytes);
  throw new BadTorchFile(
    bytes[0] === ANGLE ? 'it is a web page' : 'it is neither a file of torch.save nor safetensors',
  );
}

/** Where the JSON of safetensors begins, after the eight bytes of its length. */
const BRACE = 0x7b;
const ANGLE = 0x3c;

function storedSafetensors(bytes: Uint8Array): StoredTensors {
  const begin = 8 + headerLength(bytes, bytes.length);
  const { layout } = readLayout(bytes.subarray(8, begin), bytes.length - begin, elementBytes);
  let at = begin;
  return new Map(
    [...layout].map(([name, { dtype: type, shape }]) => {
      const data = bytes.subarray(at, (at += elements(shape) * elementBytes[type]));
      return [name, { type, shape, read: () => ({ shape, data: decodeElements(type, data) }) }];
    }),
  );
}
