/** The bytes of a pickle, from which an instruction and what belongs to it are taken one after the other. */

/** Damaged, or with an opcode that data has no need of. */
export class BadPickle extends Error {
  override readonly name: string = 'BadPickle';
}

export class PickleBytes {
  /** Where the next instruction begins. */
  at: number;
  private readonly view: DataView;

  constructor(bytes: Uint8Array, at: number) {
    this.at = at;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  int32(): number {
    return this.view.getInt32(this.take(4), true);
  }

  /** The one number that is big-endian. */
  float64(): number {
    return this.view.getFloat64(this.take(8));
  }

  /** Where the next `count` bytes begin. */
  take(count: number): number {
    const begin = this.at;
    if (begin + count > this.view.byteLength)
      throw new BadPickle(`ends in the middle, at byte ${this.view.byteLength}`);
    this.at = begin + count;
    return begin;
  }

  unsigned(size: 1 | 2 | 4): number {
    const begin = this.take(size);
    if (size === 1) return this.view.getUint8(begin);
    return size === 2 ? this.view.getUint16(begin, true) : this.view.getUint32(begin, true);
  }

  /** Two's complement, little endian. */
  long(size: number): number | bigint {
    const begin = this.take(size);
    let value = 0n;
    for (let k = size - 1; k >= 0; k--) value = (value << 8n) | BigInt(this.view.getUint8(begin + k));
    const signed = BigInt.asIntN(8 * size, value);
    const number = Number(signed);
    return Number.isSafeInteger(number) ? number : signed;
  }

  text(length: number): string {
    return this.decode(this.take(length), length);
  }

  line(): string {
    const begin = this.at;
    while (this.unsigned(1) !== 0x0a);
    return this.decode(begin, this.at - 1 - begin);
  }

  private decode(begin: number, length: number): string {
    try {
      return utf8.decode(new Uint8Array(this.view.buffer, this.view.byteOffset + begin, length));
    } catch (cause) {
      throw new BadPickle(`has text at byte ${begin} that is not UTF-8`, { cause });
    }
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
