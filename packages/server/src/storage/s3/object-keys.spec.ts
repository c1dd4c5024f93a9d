import { createObjectKeys } from './object-keys.ts';

const NAME = 'aa00000000000000000000000000000a';

it.each(['', 'larder/', 'team-'])(
  'knows a blob by its key behind %j, and nothing else',
  (prefix) => {
    const keys = createObjectKeys(prefix);
    expect(keys.blob(NAME)).toBe(`${prefix}blobs/aa/${NAME}`);
    expect(keys.nameOf(keys.blob(NAME))).toBe(NAME);
    const others = [
      keys.description(NAME),
      keys.quarantinedBlob(NAME),
      `${keys.blob(NAME)}.json`,
      `${prefix}blobs/bb/${NAME}`,
      `${prefix}blobs/aa/notes`,
      NAME,
      `x${keys.blob(NAME)}`,
    ];
    expect(others.map((key) => keys.nameOf(key))).toEqual(others.map(() => null));
  },
);

it('finds blobs by the beginning of their names', () => {
  const keys = createObjectKeys('larder/');
  expect(keys.blobsOf('')).toBe('larder/blobs/');
  expect(keys.blobsOf('aa')).toBe('larder/blobs/aa/aa');
  expect(keys.blobsOf('aa00')).toBe('larder/blobs/aa/aa00');
});

it('makes no key of anything but a name', () => {
  expect(() => createObjectKeys('').blob('../../etc/passwd')).toThrow('Not a blob name');
});
