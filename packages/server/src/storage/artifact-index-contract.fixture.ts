// What every ArtifactIndex must do, whatever it stands on.
import type {
  ArtifactFilter,
  ArtifactIndex,
  ArtifactKey,
  ArtifactOrder,
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
  storedBytes: 2 ** 40 + 600,
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
  hits: 3,
};

const LATER_MS = RECORD.accessedAtMs + 1_000;

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

    it('fails none of concurrent writes for another that is refused', async () => {
      await index.write(KEY, RECORD);
      const blobs = [SILENT_RECORD.blob, RECORD.blob, 'b'.repeat(32)];
      const writes = await Promise.allSettled(
        blobs.map((blob, number) =>
          index.write({ ...KEY, hash: `concurrent-${number}` }, { ...RECORD, blob }),
        ),
      );
      expect(writes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
      expect(await index.read({ ...KEY, hash: 'concurrent-1' })).toBeNull();
      expect(await index.read({ ...KEY, hash: 'concurrent-2' })).toMatchObject({ blob: blobs[2] });
    });

    it('adds many at once, the first of each key', async () => {
      const writes = await Promise.all(
        Array.from({ length: 100 }, (_value, number) =>
          index.write(
            { ...KEY, hash: `many-${number % 50}` },
            { ...RECORD, blob: String(number).padStart(32, '0') },
          ),
        ),
      );
      expect(writes).toEqual(Array.from({ length: 100 }, (_value, number) => number < 50));
      expect(await index.read({ ...KEY, hash: 'many-49' })).toMatchObject({
        blob: '49'.padStart(32, '0'),
      });
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
      expect(await index.readMany(KEY, ['h7', 'h\0', ''])).toEqual(new Map([['h7', RECORD]]));
    });

    it('notes an access and nothing else', async () => {
      await index.write(KEY, RECORD);
      await index.touch(
        new Map([
          [SILENT_RECORD.blob, { accessedAtMs: LATER_MS + 1, hits: 1 }],
          [RECORD.blob, { accessedAtMs: LATER_MS, hits: 0 }],
        ]),
      );
      await index.touch(new Map());
      expect(await index.read(KEY)).toEqual({ ...RECORD, accessedAtMs: LATER_MS });
      await index.touch(new Map([[RECORD.blob, { accessedAtMs: LATER_MS - 1, hits: 2 }]]));
      expect(await index.read(KEY)).toEqual({ ...RECORD, accessedAtMs: LATER_MS, hits: 5 });
    });

    it('notes many hits of an artifact whose task ran for longer than any other', async () => {
      await index.write(KEY, RECORD);
      await index.touch(new Map([[RECORD.blob, { accessedAtMs: LATER_MS, hits: 1_000_000 }]]));
      expect(await index.read(KEY)).toMatchObject({ hits: RECORD.hits + 1_000_000 });
      expect(await index.listTop(KEY, { order: 'saved', limit: 1 })).toHaveLength(1);
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
      expect([...first, ...second].map(({ blob }) => blob).sort()).toEqual(blobs);
      expect(first[0]).toMatchObject({ team: KEY.team, storedBytes: RECORD.storedBytes });
      expect(await index.removeSome(owner, 2)).toEqual([]);
      expect(await Promise.all(keys.map((key) => index.read(key)))).toEqual([null, null, null]);
      expect(await Promise.all(spared.map((key) => index.read(key)))).not.toContain(null);
    });

    it.each<[string, ArtifactFilter]>([
      ['team', { team: 'a' }],
      ['scope', { scope: 'trusted' }],
      ['API', { api: 'artifacts' }],
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
        api: 'nx',
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

    it('knows how much each team has, whatever becomes of it', async () => {
      const write = (
        team: string,
        scope: ArtifactKey['scope'],
        blob: string,
        storedBytes: number,
      ) => index.write({ ...KEY, team, scope, hash: blob }, { ...RECORD, blob, storedBytes });
      expect(await index.usage()).toEqual(new Map());
      await write('a', 'trusted', '0'.repeat(32), 1);
      await write('a', 'isolated:a', '1'.repeat(32), 10);
      await write('', 'trusted', '2'.repeat(32), 100);
      await write('', 'trusted', '3'.repeat(32), 1_000);
      await write('', 'trusted', '4'.repeat(32), 0);
      expect(await write('', 'trusted', '2'.repeat(32), 5)).toBe(false);
      await index.touch(new Map([['0'.repeat(32), { accessedAtMs: 7, hits: 1 }]]));
      expect(await index.usage()).toEqual(
        new Map([
          ['a', { storedBytes: 11, artifacts: 2 }],
          ['', { storedBytes: 1_100, artifacts: 3 }],
        ]),
      );

      await index.remove({ ...KEY, team: '', hash: '2'.repeat(32) }, '2'.repeat(32));
      await index.removeBlobs(['1'.repeat(32), '1'.repeat(32), 'f'.repeat(32)]);
      expect(await index.usage()).toEqual(
        new Map([
          ['a', { storedBytes: 1, artifacts: 1 }],
          ['', { storedBytes: 1_000, artifacts: 2 }],
        ]),
      );
      await index.removeSome({ team: 'a' }, 10);
      index = await reopen();
      expect(await index.usage()).toEqual(new Map([['', { storedBytes: 1_000, artifacts: 2 }]]));
    });

    it('lists what was not used for longest first, of all or of one team', async () => {
      for (const [number, accessedAtMs] of [50, 10, 40, 20, 30].entries()) {
        const blob = String(number).repeat(32);
        const key = { ...KEY, team: number % 2 === 0 ? 'even' : 'odd', hash: blob };
        await index.write(key, { ...RECORD, blob, storedBytes: number, accessedAtMs });
      }
      const list = async (query: Parameters<ArtifactIndex['listLeastRecentlyUsed']>[0]) =>
        (await index.listLeastRecentlyUsed(query)).map(({ blob }) => blob[0]).join('');
      expect(await list({ limit: 10 })).toBe('13420');
      expect(await list({ limit: 2 })).toBe('13');
      expect(await list({ limit: 10, team: 'even' })).toBe('420');
      expect(await list({ limit: 10, usedBeforeMs: 30 })).toBe('13');
      expect(await list({ limit: 10, usedBeforeMs: 41, team: 'even' })).toBe('42');
      await index.touch(new Map([['1'.repeat(32), { accessedAtMs: 60, hits: 0 }]]));
      expect(await index.listLeastRecentlyUsed({ limit: 1 })).toEqual([
        { blob: '3'.repeat(32), team: 'odd', storedBytes: 3, accessedAtMs: 20 },
      ]);
    });

    it.each<[ArtifactOrder, string]>([
      ['size', '4321'],
      ['hits', '214'],
      ['saved', '42'],
      ['recent', '1234'],
    ])('lists those first that have most of %s, in one place', async (order, expected) => {
      const write = (
        number: number,
        part: Partial<ArtifactRecord>,
        key: Partial<ArtifactKey> = {},
      ) =>
        index.write(
          { ...KEY, hash: `top-${number}`, ...key },
          {
            ...RECORD,
            blob: String(number).repeat(32),
            sizeBytes: number,
            createdAtMs: 100 - number,
            ...part,
          },
        );
      await write(1, { hits: 2, durationMs: null });
      await write(2, { hits: 3, durationMs: 10 }, { api: 'nx' });
      await write(3, { hits: 0, durationMs: 1_000 });
      await write(4, { hits: 1, durationMs: 31 });
      await write(5, { hits: 9 }, { team: 'b' });
      await write(6, { hits: 9 }, { scope: 'isolated:a' });
      const list = async (limit: number) =>
        (await index.listTop(KEY, { order, limit })).map(({ record }) => record.blob[0]).join('');
      expect(await list(10)).toBe(expected);
      expect(await list(2)).toBe(expected.slice(0, 2));
    });

    it('removes the records of blobs and tells which there were', async () => {
      await index.write(KEY, RECORD);
      await index.write({ ...KEY, hash: 'silent' }, SILENT_RECORD);
      expect(await index.removeBlobs([RECORD.blob, 'f'.repeat(32)])).toEqual([RECORD.blob]);
      expect(await index.removeBlobs([])).toEqual([]);
      expect(await index.read(KEY)).toBeNull();
      expect(await index.read({ ...KEY, hash: 'silent' })).toEqual(SILENT_RECORD);
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
