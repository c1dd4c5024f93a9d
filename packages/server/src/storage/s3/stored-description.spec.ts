import { randomBytes } from 'node:crypto';
import {
  describingMetadata,
  formatDescription,
  fromMetadata,
  metadataBytes,
  parseDescription,
  toMetadata,
} from './stored-description.ts';

const STORED = {
  sizeBytes: 3,
  sha256: 'a'.repeat(64),
  description: { team: 'a "team"\r\n', words: ['ünïcödé', 1.5, null] },
};

it('comes back from metadata as it went in, beside whatever else is there', () => {
  const json = formatDescription(STORED);
  const metadata = toMetadata(json)!;
  const all = { mtime: '1', ...metadata };
  const found = describingMetadata(all)!;
  expect(found).toEqual(metadata);
  const descriptionBytes = metadataBytes(found);
  expect(parseDescription(fromMetadata(found), { sizeBytes: 3, descriptionBytes })).toEqual({
    ...STORED,
    storedBytes: 3 + descriptionBytes,
  });
});

it('is nothing but letters and digits there, in values that every service takes', () => {
  const metadata = toMetadata(randomBytes(1_300))!;
  expect(Object.keys(metadata).length).toBeGreaterThan(5);
  for (const [name, value] of Object.entries(metadata)) {
    expect(`${name}=${value}`).toMatch(/^larder-\d=[\w-]{1,256}$/);
  }
});

it('is not for metadata when it is larger than AWS lets that be', () => {
  let longest = 0;
  for (let length = 1; length < 2_048; length += 1) {
    const metadata = toMetadata(Buffer.alloc(length));
    if (metadata === null) continue;
    longest = length;
    expect(metadataBytes(metadata)).toBeLessThanOrEqual(2_000);
  }
  expect(longest).toBeGreaterThan(1_400);
});

it('is none when it is damaged, or of an object of another size', () => {
  const json = formatDescription(STORED);
  const parse = (bytes: Buffer, sizeBytes = 3) =>
    parseDescription(bytes, { sizeBytes, descriptionBytes: 0 });
  expect(parse(json)).toMatchObject(STORED);
  expect(parse(json, 2)).toBeNull();
  expect(parse(json.subarray(0, -1))).toBeNull();
  expect(parse(Buffer.from('null'))).toBeNull();
  expect(parse(Buffer.from('{"sizeBytes":3}'))).toBeNull();
  const long = formatDescription({ ...STORED, description: { tag: 'x'.repeat(600) } });
  const rest = Object.entries(toMetadata(long)!).slice(1);
  expect(parse(fromMetadata(Object.fromEntries(rest)))).toBeNull();
});

it('is refused when it is longer than any that can be', () => {
  const description = { tag: 'x'.repeat(64 * 1024) };
  expect(() => formatDescription({ ...STORED, description })).toThrow('too long');
});
