// What every ArtifactIndex must do, whatever it stands on.
import type {
  ArtifactFilter,
  ArtifactIndex,
  ArtifactKey,
  ArtifactRecord,
} from './artifact-index.ts';

export interface ArtifactIndexUnderTest {
  index: ArtifactIndex;
  /** Closes the index and opens the same data again. */
  reopen: () => Promise<ArtifactIndex>;
  /** Closes what is open. */
  close: () => Promise<void>;
}

const KEY: ArtifactKey = { team: 'a', scope: 'trusted', api: 'artifacts', hash: 'h' };

const RECORD: ArtifactRecord = {
  blob: 'aa00000000000000000000000000000a',
  sizeBytes: 2 ** 40 + 1,
  sha256: '0'.repeat(64),
  durationMs: Number.MAX_SAFE_INTEGER,
  tag: "tag with 'quotes' and ünïcödé",
  sha: 'abc',
  dirtyHash: 'def',
  clientCi: 'GITLAB',
  isClientInteractive: false,
  writer: 'ci',
  tokenId: 'b2a1',
  repository: 'acme/shop',
  ref: 'refs/heads/main',
  run: '4711',
  address: '192.0.2.1',
  createdAtMs: 1_795_000_000_000,
  accessedAtMs: 1_795_000_000_001,
};

const SILENT_RECORD: ArtifactRecord = {
  ...RECORD,
  blob: 'ab00000000000000000000000000000a',
  durationMs: null,
  tag: null,
  sha: null,
  dirtyHash: null,
  clientCi: null,
  isClientInteractive: null,
  repository: null,
  ref: null,
  run: null,
  address: null,
};

export function describeArtifactIndex(
  name: string,
  create: () => Promise<ArtifactIndexUnderTest>,
): void {
  describe(`${name} as an artifact index`, () => {
    let index: ArtifactIndex;
    let reopen: ArtifactIndexUnderTest['reopen'];
    let close: ArtifactIndexUnderTest['close'];

    beforeEach(async () => {
      ({ index, reopen, close } = await create());
    });
    afterEach(() => close());

    it('returns a record as it was written, also after it was opened again', async () => {
      const silentKey = { ...KEY, hash: 'silent' };
      expect(await index.write(KEY, RECORD)).toBe(true);
      expect(await index.write(silentKey, SILENT_RECORD)).toBe(true);
      expect([await index.read(KEY), await index.read(silentKey)]).toEqual([RECORD, SILENT_RECORD]);
      index = await reopen();
      expect([await index.read(KEY), await index.read(silentKey)]).toEqual([RECORD, SILENT_RECORD]);
    });

    it('lets the first of concurrent writes win', async () => {
      const records = ['a', 'b', 'c', 'd'].map((digit) => ({ ...RECORD, blob: digit.repeat(32) }));
      const wins = await Promise.all(records.map((record) => index.write(KEY, record)));
      expect(wins.filter(Boolean)).toHaveLength(1);
      expect(await index.read(KEY)).toEqual(records[wins.indexOf(true)]);
    });

    it('keeps team, scope, API and hash apart', async () => {
      const keys: ArtifactKey[] = [
        KEY,
        { ...KEY, scope: 'isolated:a' },
        { ...KEY, scope: 'isolated:b' },
        { ...KEY, team: '' },
        { ...KEY, team: 'A' },
        { ...KEY, api: 'nx' },
        { ...KEY, hash: 'H' },
      ];
      for (const [number, key] of keys.entries()) {
        expect(await index.write(key, { ...RECORD, blob: String(number).repeat(32) })).toBe(true);
      }
      const blobs = await Promise.all(keys.map(async (key) => (await index.read(key))?.blob[0]));
      expect(blobs).toEqual(['0', '1', '2', '3', '4', '5', '6']);
    });

    it('reads many at once and leaves out what is absent or elsewhere', async () => {
      const hashes = Array.from({ length: 1_200 }, (_value, number) => `h${number}`);
      await index.write({ ...KEY, hash: 'h7' }, RECORD);
      await index.write({ ...KEY, hash: 'h1199' }, SILENT_RECORD);
      await index.write({ ...KEY, hash: 'h8', team: 'b' }, { ...RECORD, blob: 'c'.repeat(32) });
      expect(await index.readMany(KEY, hashes)).toEqual(
        new Map([
          ['h7', RECORD],
          ['h1199', SILENT_RECORD],
        ]),
      );
      expect(await index.readMany(KEY, [])).toEqual(new Map());
    });

    it('notes an access and nothing else', async () => {
      await index.write(KEY, RECORD);
      await index.touch(KEY, 5);
      await index.touch({ ...KEY, hash: 'absent' }, 5);
      expect(await index.read(KEY)).toEqual({ ...RECORD, accessedAtMs: 5 });
    });

    it('removes a record only while it names the blob that is meant', async () => {
      await index.write(KEY, RECORD);
      await index.remove(KEY, SILENT_RECORD.blob);
      expect(await index.read(KEY)).toEqual(RECORD);
      await index.remove(KEY, RECORD.blob);
      expect(await index.read(KEY)).toBeNull();
      expect(await index.write(KEY, SILENT_RECORD)).toBe(true);
    });

    it('removes what meets every condition, a few at a time', async () => {
      const keys: ArtifactKey[] = [KEY, { ...KEY, api: 'nx' }, { ...KEY, hash: 'other' }];
      const blobs = keys.map((_key, number) => String(number).repeat(32));
      for (const [number, key] of keys.entries()) {
        await index.write(key, { ...RECORD, blob: blobs[number] ?? '' });
      }
      const spared: ArtifactKey[] = [
        { ...KEY, team: 'b' },
        { ...KEY, scope: 'isolated:a' },
      ];
      for (const [number, key] of spared.entries()) {
        await index.write(key, { ...SILENT_RECORD, blob: `f${number}`.repeat(16) });
      }

      const owner = { team: KEY.team, scope: KEY.scope };
      const first = await index.removeSome(owner, 2);
      const second = await index.removeSome(owner, 2);
      expect([first.length, second.length]).toEqual([2, 1]);
      expect([...first, ...second].sort()).toEqual(blobs);
      expect(await index.removeSome(owner, 2)).toEqual([]);
      expect(await Promise.all(keys.map((key) => index.read(key)))).toEqual([null, null, null]);
      expect(await Promise.all(spared.map((key) => index.read(key)))).not.toContain(null);
    });

    it.each<[string, ArtifactFilter]>([
      ['team', { team: 'a' }],
      ['scope', { scope: 'trusted' }],
      ['hash', { hash: 'h' }],
      ['writer', { writer: 'ci' }],
      ['token', { tokenId: 'b2a1' }],
      ['repository', { repository: 'acme/shop' }],
      ['ref', { ref: 'refs/heads/main' }],
      ['run', { run: '4711' }],
      ['least age', { createdBeforeMs: RECORD.createdAtMs + 1 }],
      ['greatest age', { createdSinceMs: RECORD.createdAtMs }],
    ])('finds artifacts by %s and by nothing else', async (what, filter) => {
      const other: ArtifactKey = {
        team: 'b',
        scope: 'isolated:b',
        api: 'artifacts',
        hash: 'other',
      };
      await index.write(KEY, RECORD);
      await index.write(other, {
        ...SILENT_RECORD,
        writer: 'other',
        tokenId: 'other',
        createdAtMs: RECORD.createdAtMs + (what === 'least age' ? 1 : -1),
      });
      const page = { limit: 10, afterBlob: '' };
      expect(await index.listSome(filter, page)).toEqual([{ key: KEY, record: RECORD }]);
      expect(await index.listSome({ ...filter, run: 'other' }, page)).toEqual([]);
      expect(await index.listSome({}, page)).toHaveLength(2);
    });

    it('lists artifacts page by page', async () => {
      const blobs = ['0', '1', '2'].map((digit) => digit.repeat(32));
      for (const blob of blobs) {
        await index.write({ ...KEY, hash: blob }, { ...RECORD, blob });
      }
      const first = await index.listSome({}, { limit: 2, afterBlob: '' });
      const second = await index.listSome({}, { limit: 2, afterBlob: blobs[1] ?? '' });
      expect([...first, ...second].map(({ record }) => record.blob)).toEqual(blobs);
    });

    it('lists the blobs of a prefix with their keys', async () => {
      const otherKey: ArtifactKey = { ...KEY, api: 'nx', hash: 'other' };
      await index.write(KEY, RECORD);
      await index.write(otherKey, { ...RECORD, blob: `aaff${'f'.repeat(28)}` });
      await index.write({ ...KEY, hash: 'far' }, SILENT_RECORD);
      expect(await index.listBlobs('aa')).toEqual(
        new Map([
          [RECORD.blob, KEY],
          [`aaff${'f'.repeat(28)}`, otherKey],
        ]),
      );
      expect(await index.listBlobs('00')).toEqual(new Map());
    });
  });
}
