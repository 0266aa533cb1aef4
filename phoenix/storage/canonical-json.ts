/**
 * One text per value: JSON with sorted keys and no white space, so that equal values have equal hashes.
 * Step keys, settings hashes and stored JSON objects all rest on it.
 */
import { createHash } from 'node:crypto';

/** A value that JSON cannot hold without loss; `path` says where it sits, as in `settings.channels.0`. */
export class NotCanonical extends Error {
  override readonly name = 'NotCanonical';
  readonly path: string;

  constructor(path: readonly string[], what: string) {
    const place = path.length === 0 ? 'the value' : path.join('.');
    super(`${place}: ${what} has no canonical JSON form`);
    this.path = path.join('.');
  }
}

/**
 * JSON of `value` with object keys in code-unit order and without white space.
 * Throws `NotCanonical` for whatever `JSON.stringify` would drop or alter: undefined, NaN, infinities, functions,
 * bigints, symbols, and objects that are not plain (dates, maps, typed arrays).
 */
export function canonicalJson(value: unknown): string {
  return write(value, []);
}

function write(value: unknown, path: readonly string[]): string {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return JSON.stringify(value);
    case 'number':
      if (!Number.isFinite(value)) throw new NotCanonical(path, String(value));
      return JSON.stringify(value);
    case 'object':
      if (value === null) return 'null';
      if (Array.isArray(value)) {
        // Array.from, unlike map, also visits holes, which are then refused as undefined.
        return `[${Array.from(value, (item, index) => write(item, [...path, String(index)])).join(',')}]`;
      }
      if (!isPlain(value)) throw new NotCanonical(path, value.constructor.name);
      return `{${Object.keys(value)
        .sort()
        .map(
          (key) => `${JSON.stringify(key)}:${write((value as Record<string, unknown>)[key], [...path, key])}`,
        )
        .join(',')}}`;
    default:
      throw new NotCanonical(path, typeof value);
  }
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** SHA-256 in lower-case hex, of bytes or of a text's UTF-8. */
export function sha256Hex(content: Uint8Array | string): string {
  return createHash('sha256').update(content).digest('hex');
}
