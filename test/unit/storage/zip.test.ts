import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { BadZip, crc32, readZip } from '../../../phoenix/storage/zip.ts';

const archive = () => new Uint8Array(readFileSync('test/fixtures/torch/checkpoint.pt'));

test('entries are views of the archive', () => {
  const bytes = archive();
  const entry = readZip(bytes).get('checkpoint/byteorder')!;
  expect(new TextDecoder().decode(entry.read())).toBe('little');
  expect(entry.bytes).toBe(6);
  expect(entry.read().buffer).toBe(bytes.buffer);
});

test('the checksum is the one of zip', () => {
  expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926);
});

test('a damaged entry is found when it is read, and not before', () => {
  const bytes = archive();
  bytes[Buffer.from(bytes).indexOf('little')]! ^= 1;
  const entries = readZip(bytes);
  expect(() => entries.get('checkpoint/byteorder')!.read()).toThrow(
    new BadZip('its entry checkpoint/byteorder is damaged'),
  );
  expect(entries.get('checkpoint/version')!.read()).toHaveLength(2);
});

test('an archive with compressed entries is to be unpacked first', () => {
  // Their central directory is all that is looked at: npz files are zip archives.
  const npz = new Uint8Array(readFileSync('test/fixtures/golden/unet_a_io.npz'));
  expect(() => readZip(npz)).toThrow(/ is compressed: unpack the archive first/);
});
