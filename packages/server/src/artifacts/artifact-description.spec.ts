import type { ArtifactKey, ArtifactRecord } from '../storage/artifact-index.ts';
import type { BlobDescription } from '../storage/blob-store.ts';
import { describeArtifact, recordOf, type ArtifactOrigin } from './artifact-description.ts';

const KEY: ArtifactKey = { team: 'a', scope: 'isolated:pr/7', api: 'artifacts', hash: 'h' };

const ORIGIN: ArtifactOrigin = {
  durationMs: 12,
  tag: "tag with 'quotes' and ünïcödé",
  sha: null,
  dirtyHash: 'def',
  clientCi: null,
  isClientInteractive: false,
  writer: 'ci',
  tokenId: 'b2a1',
  repository: 'acme/shop',
  ref: null,
  run: '4711',
  address: '192.0.2.1',
  createdAtMs: 1_795_000_000_000,
};

const BLOB = 'aa00000000000000000000000000000a';
const WRITTEN = { sizeBytes: 3, sha256: '0'.repeat(64), storedBytes: 300 };

const reread = (description: object) =>
  recordOf(BLOB, {
    ...WRITTEN,
    description: JSON.parse(JSON.stringify(description)) as BlobDescription,
  });

it('makes the record again that a blob was written for', () => {
  const record: ArtifactRecord = {
    ...ORIGIN,
    blob: BLOB,
    ...WRITTEN,
    accessedAtMs: ORIGIN.createdAtMs,
    hits: 0,
  };
  expect(reread(describeArtifact(KEY, ORIGIN))).toEqual({ key: KEY, record });
});

it('ignores what a later version may add', () => {
  const description = { ...describeArtifact(KEY, ORIGIN), later: { words: [] } };
  expect(reread(description)).toEqual(reread(describeArtifact(KEY, ORIGIN)));
});

it.each([
  ['nothing', {}],
  ['an unknown scope', { scope: 'everybody' }],
  ['an unknown API', { api: 'v9' }],
  ['a hash that is none', { hash: '../h' }],
  ['a time that is none', { createdAtMs: 'yesterday' }],
  ['no writer', { writer: undefined }],
])('takes %s for no description', (what, change) => {
  const description = what === 'nothing' ? {} : { ...describeArtifact(KEY, ORIGIN), ...change };
  expect(reread(description)).toBeNull();
});
