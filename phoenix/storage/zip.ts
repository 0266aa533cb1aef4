/**
 * Zip archives whose entries are not compressed, as PyTorch writes them: entries are views of the archive, and are
 * checked when they are read (PKWARE's APPNOTE has the format; section numbers are its own).
 */

/** Not a whole zip archive of stored entries. */
export class BadZip extends Error {
  override readonly name = 'BadZip';
}

export interface ZipEntry {
  readonly bytes: number;
  /** @throws BadZip when the bytes are not those that were written */
  read(): Uint8Array;
}

const END = 0x06054b50;
const END_BYTES = 22;
const CENTRAL = 0x02014b50;
const CENTRAL_BYTES = 46;
const LOCAL = 0x04034b50;
const LOCAL_BYTES = 30;

/**
 * By name, from the central directory.
 *
 * @throws BadZip
 */
export function readZip(bytes: Uint8Array): ReadonlyMap<string, ZipEntry> {
  const archive = new Archive(bytes);
  const { begin, count } = archive.directory();
  const entries = new Map<string, ZipEntry>();
  let at = begin;
  for (let k = 0; k < count; k++) {
    archive.expect(CENTRAL, at, CENTRAL_BYTES);
    const method = archive.number(at + 10, 2);
    const [nameBytes, extraBytes, commentBytes] = [28, 30, 32].map((field) =>
      archive.number(at + field, 2),
    ) as [number, number, number];
    const name = archive.text(at + CENTRAL_BYTES, nameBytes);
    if (method !== 0) throw new BadZip(`its entry ${name} is compressed: unpack the archive first`);
    if (entries.has(name)) throw new BadZip(`its entry ${name} is there twice`);
    const stored = archive.entry(at);
    entries.set(name, { bytes: stored.size, read: () => archive.stored(name, stored) });
    at += CENTRAL_BYTES + nameBytes + extraBytes + commentBytes;
  }
  return entries;
}

interface Stored {
  readonly size: number;
  readonly header: number;
  readonly checksum: number;
}

class Archive {
  private readonly bytes: Uint8Array;
  private readonly view: DataView;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Of the record at the archive's end (4.3.16), where the fields of archives above 4 GiB would not lead anywhere. */
  directory(): { begin: number; count: number } {
    const end = this.bytes.length - END_BYTES;
    this.expect(END, end, END_BYTES); // PyTorch writes no comment behind it
    return { begin: this.number(end + 16, 4), count: this.number(end + 10, 2) };
  }

  /** What the central directory says of an entry (4.3.12). */
  entry(at: number): Stored {
    const [checksum, packed, size, header] = [16, 20, 24, 42].map((field) => this.number(at + field, 4)) as [
      number,
      number,
      number,
      number,
    ];
    if (packed !== size) throw new BadZip('an entry that is not compressed has two lengths');
    return { size, header, checksum };
  }

  stored(name: string, { size, header, checksum }: Stored): Uint8Array {
    this.expect(LOCAL, header, LOCAL_BYTES);
    const begin = header + LOCAL_BYTES + this.number(header + 26, 2) + this.number(header + 28, 2);
    this.inside(begin, size);
    const bytes = this.bytes.subarray(begin, begin + size);
    if (crc32(bytes) !== checksum) throw new BadZip(`its entry ${name} is damaged`);
    return bytes;
  }

  expect(signature: number, at: number, length: number): void {
    this.inside(at, length);
    if (this.number(at, 4) !== signature) throw new BadZip('it is cut off, or not a zip archive');
  }

  text(at: number, length: number): string {
    this.inside(at, length);
    return new TextDecoder().decode(this.bytes.subarray(at, at + length));
  }

  number(at: number, size: 2 | 4): number {
    this.inside(at, size);
    return size === 2 ? this.view.getUint16(at, true) : this.view.getUint32(at, true);
  }

  private inside(at: number, length: number): void {
    if (at < 0 || at + length > this.bytes.length) throw new BadZip('it is cut off, or not a zip archive');
  }
}

/** The checksum of zip, gzip and PNG; Node's own came with 20.15. */
export function crc32(bytes: Uint8Array): number {
  let crc = -1;
  for (let k = 0; k < bytes.length; k++) crc = (crc >>> 8) ^ table[(crc ^ bytes[k]!) & 0xff]!;
  return ~crc >>> 0;
}

const table = Int32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});
