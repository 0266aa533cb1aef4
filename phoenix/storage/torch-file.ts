/**
 * Files of `torch.save`: the zip format of PyTorch 1.6 and later (`NAME/data.pkl` beside one entry per storage in
 * `NAME/data/`), and the one before it (pickles of a magic number, a version, facts about the machine, the object and the
 * storages' names, then the storages).
 */
import { readPickle } from './pickle.ts';
import { elementBytes, type ElementType, type StoredTensors } from './stored-tensor.ts';
import { BadTorchFile, View, vocabulary, type Storage } from './torch-tensors.ts';
import { readZip } from './zip.ts';

const ZIP = [0x50, 0x4b];
const LEGACY_MAGIC = 0x1950a86a20f9469cfc6cn;
/** PROTO 2, then the magic number as LONG1 of ten bytes. */
const LEGACY = [0x80, 0x02, 0x8a, 0x0a];

const startsWith = (bytes: Uint8Array, beginning: readonly number[]): boolean =>
  beginning.every((byte, k) => bytes[k] === byte);

export const isTorchFile = (bytes: Uint8Array): boolean =>
  startsWith(bytes, ZIP) || startsWith(bytes, LEGACY);

/**
 * Names and tensors of a state dict.
 *
 * @param path keys that lead from the saved object to the state dict; no other tensor is decoded
 * @throws BadTorchFile, BadZip, BadPickle, RefusedGlobal
 */
export function readTorchFile(bytes: Uint8Array, path: readonly string[] = []): StoredTensors {
  let value = startsWith(bytes, ZIP) ? readZipped(bytes) : readLegacy(bytes);
  for (const key of path) value = value instanceof Map ? value.get(key) : undefined;
  const where = path.length === 0 ? 'it' : `its ${path.join('.')}`;
  if (!(value instanceof Map)) throw new BadTorchFile(`${where} is no dictionary of tensors`);
  for (const [name, tensor] of value as Map<unknown, unknown>) {
    if (typeof name !== 'string' || !(tensor instanceof View))
      throw new BadTorchFile(`${where} has ${String(name)}, which is no tensor`);
  }
  return value as Map<string, View>;
}

function readZipped(bytes: Uint8Array): unknown {
  const entries = readZip(bytes);
  const pickle = [...entries.keys()].find((name) => /^[^/]+\/data\.pkl$/.test(name));
  if (pickle === undefined)
    throw new BadTorchFile('it is a zip archive, and not of PyTorch: unpack it first');
  const folder = pickle.slice(0, pickle.indexOf('/'));
  const order = entries.get(`${folder}/byteorder`)?.read();
  if (order && new TextDecoder().decode(order) !== 'little') throw new BadTorchFile('it is big-endian');
  const storage = (key: string, type: ElementType, count: number): Storage => {
    const entry = entries.get(`${folder}/data/${key}`);
    if (entry?.bytes !== count * elementBytes[type])
      throw new BadTorchFile(`its storage ${key} is missing or not ${count} ${type} elements long`);
    return { type, count, read: () => entry.read() };
  };
  return readPickle(entries.get(pickle)!.read(), 0, vocabulary(storage)).value;
}

function readLegacy(bytes: Uint8Array): unknown {
  const known = new Map<string, { type: ElementType; count: number; begin: number | null }>();
  const storage = (key: string, type: ElementType, count: number): Storage => {
    const place = known.get(key) ?? { type, count, begin: null };
    if (place.type !== type || place.count !== count)
      throw new BadTorchFile(`its storage ${key} has two types or lengths`);
    known.set(key, place);
    const read = () => {
      if (place.begin === null) throw new BadTorchFile(`its storage ${key} is missing`);
      return bytes.subarray(place.begin, place.begin + count * elementBytes[type]);
    };
    return { type, count, read };
  };

  let at = 0;
  const next = (): unknown => {
    const { value, end } = readPickle(bytes, at, vocabulary(storage));
    at = end;
    return value;
  };
  if (next() !== LEGACY_MAGIC || next() !== 1001) throw new BadTorchFile('its version is unknown');
  const machine = next();
  if (!(machine instanceof Map) || machine.get('little_endian') !== true)
    throw new BadTorchFile('it is big-endian');
  const value = next();
  const keys = next();
  if (!Array.isArray(keys)) throw new BadTorchFile('it has no list of storages');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (const key of keys as unknown[]) {
    const place = known.get(key as string);
    if (!place) throw new BadTorchFile(`its storage ${String(key)} belongs to no tensor`);
    if (at + 8 > bytes.length) throw new BadTorchFile('it is cut off');
    const count = view.getBigInt64(at, true);
    place.begin = at + 8;
    at = place.begin + place.count * elementBytes[place.type];
    if (count !== BigInt(place.count) || at > bytes.length)
      throw new BadTorchFile(`its storage ${String(key)} is not ${place.count} elements long`);
  }
  if (at !== bytes.length) throw new BadTorchFile(`${bytes.length - at} bytes belong to no storage`);
  return value;
}
