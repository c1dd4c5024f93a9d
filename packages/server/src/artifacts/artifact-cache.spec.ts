import { BLOB_PREFIXES, type BlobStore } from '../storage/blob-store.ts';
import { openTestStores, storeArtifact, type TestStores } from '../testing/stores.fixture.ts';
import { removeTemporaryFolders } from '../testing/start-server.fixture.ts';
import type { ArtifactView } from '../trust/artifact-view.ts';
import {
  createArtifactCache,
  type ArtifactCache,
  type ArtifactCacheParts,
  type ArtifactUpload,
} from './artifact-cache.ts';
import { MAX_UPLOAD_MS } from './orphans.ts';

const VIEW: ArtifactView = { team: 'a', api: 'artifacts', scopes: ['trusted'] };
const KEY = { team: 'a', api: 'artifacts', scope: 'trusted', hash: 'h' } as const;

let stores: TestStores;
let troubles: string[];

beforeEach(async () => {
  stores = await openTestStores();
  troubles = [];
});
afterEach(() => stores.close());
afterAll(removeTemporaryFolders);

function createCache(
  blobs: BlobStore,
  evictor = noLimit(),
  parts: Partial<ArtifactCacheParts> = {},
): ArtifactCache {
  return createArtifactCache({
    ...stores,
    ...parts,
    blobs,
    accessTimes: { note: () => undefined },
    evictor,
    onRemoved: () => undefined,
    onTrouble: (message) => troubles.push(message),
  });
}

/** An evictor that makes room when it is told to. */
function noLimit(whenRoom: () => Promise<void> = () => Promise.resolve()) {
  const reservations: { team: string; sizeBytes: number; isReleased: boolean }[] = [];
  return {
    reservations,
    reserve(team: string, sizeBytes: number) {
      const reservation = { team, sizeBytes, isReleased: false };
      reservations.push(reservation);
      return { whenRoom, release: () => (reservation.isReleased = true) };
    },
  };
}

const upload = (body: string): ArtifactUpload => ({
  sizeBytes: body.length,
  body: one(body),
  metadata: {
    durationMs: null,
    tag: null,
    sha: null,
    dirtyHash: null,
    clientCi: null,
    isClientInteractive: null,
  },
  provenance: {
    writer: 'tester',
    tokenId: '',
    repository: null,
    ref: null,
    run: null,
    address: null,
  },
});

describe('storing within limits', () => {
  it('announces an upload at its start and stores it only once there is room', async () => {
    let makeRoom: () => void = () => undefined;
    let reached: () => void = () => undefined;
    const isWaiting = new Promise<void>((resolve) => {
      reached = resolve;
    });
    const evictor = noLimit(
      () =>
        new Promise((resolve) => {
          makeRoom = resolve;
          reached();
        }),
    );
    const cache = createCache(stores.blobs, evictor);
    const writing = cache.put(VIEW, 'h', upload('bytes'));
    await isWaiting;
    expect(evictor.reservations).toEqual([{ team: 'a', sizeBytes: 5, isReleased: false }]);
    expect(await cache.head(VIEW, 'h')).toBeNull();
    makeRoom();
    expect(await writing).toBe('stored');
    expect(await cache.head(VIEW, 'h')).toMatchObject({ sizeBytes: 5 });
    expect(evictor.reservations[0]?.isReleased).toBe(true);
  });

  it('keeps nothing of an upload that no room can be made for', async () => {
    const failure = new Error('no room');
    const evictor = noLimit(() => Promise.reject(failure));
    const cache = createCache(stores.blobs, evictor);
    await expect(cache.put(VIEW, 'h', upload('bytes'))).rejects.toBe(failure);
    expect(evictor.reservations[0]?.isReleased).toBe(true);
    const lists = await Promise.all(BLOB_PREFIXES.map((prefix) => stores.blobs.list(prefix)));
    expect(lists.flat()).toEqual([]);
  });

  it('announces no duplicate', async () => {
    await storeArtifact(stores, KEY, { body: 'bytes' });
    const evictor = noLimit();
    expect(await createCache(stores.blobs, evictor).put(VIEW, 'h', upload('x'))).toBe('duplicate');
    expect(evictor.reservations).toEqual([]);
  });
});

it.each(['get', 'head'] as const)(
  '%s takes an artifact that is evicted after its record was read for a miss, not for damage',
  async (call) => {
    const evict = async (blob: string) => {
      await stores.index.remove(KEY, blob);
      await stores.blobs.remove(blob);
    };
    await storeArtifact(stores, KEY, { body: 'bytes' });
    const cache = createCache({
      ...stores.blobs,
      readSmall: async (blob, expected) => {
        await evict(blob);
        return stores.blobs.readSmall(blob, expected);
      },
      stat: async (blob) => {
        await evict(blob);
        return stores.blobs.stat(blob);
      },
    });
    expect(await cache[call](VIEW, 'h')).toBeNull();
    expect(troubles).toEqual([]);
  },
);

it.each(['get', 'head'] as const)('%s drops an artifact whose file is gone', async (call) => {
  const { blob } = await storeArtifact(stores, KEY, { body: 'bytes' });
  await stores.blobs.remove(blob);
  expect(await createCache(stores.blobs)[call](VIEW, 'h')).toBeNull();
  expect(troubles).toHaveLength(1);
  expect(await stores.index.read(KEY)).toBeNull();
});

describe('over storage on other machines', () => {
  const MINUTE_MS = 60_000;

  it('drops an artifact only when its blob has been missed for some time', async () => {
    const { blob } = await storeArtifact(stores, KEY, { body: 'bytes' });
    await stores.blobs.remove(blob);
    let nowMs = 0;
    const cache = createCache({ ...stores.blobs, isLossCertain: false }, noLimit(), {
      now: () => nowMs,
    });
    expect(await cache.get(VIEW, 'h')).toBeNull();
    nowMs += 9 * MINUTE_MS;
    expect(await cache.get(VIEW, 'h')).toBeNull();
    expect(await stores.index.read(KEY)).toMatchObject({ blob });
    nowMs += MINUTE_MS;
    expect(await cache.get(VIEW, 'h')).toBeNull();
    expect(await stores.index.read(KEY)).toBeNull();
    expect(troubles).toHaveLength(1);
  });

  it.each([
    [true, 0],
    [false, 1],
  ])(
    'keeps the blob of a record that may have been added (certainly not: %s)',
    async (failsWhole, kept) => {
      const failure = new Error('the answer was lost');
      const index = { ...stores.index, failsWhole, write: () => Promise.reject(failure) };
      const cache = createCache(stores.blobs, noLimit(), { index });
      await expect(cache.put(VIEW, 'h', upload('bytes'))).rejects.toBe(failure);
      const lists = await Promise.all(BLOB_PREFIXES.map((prefix) => stores.blobs.list(prefix)));
      expect(lists.flat()).toHaveLength(kept);
    },
  );

  it('refuses an upload that has taken so long that its blob may pass for an orphan', async () => {
    let nowMs = 0;
    const slow = noLimit(() => {
      nowMs = MAX_UPLOAD_MS + 1;
      return Promise.resolve();
    });
    const cache = createCache(stores.blobs, slow, { now: () => nowMs });
    await expect(cache.put(VIEW, 'h', upload('bytes'))).rejects.toMatchObject({
      code: 'LARDER_SERVER_UPLOAD_STALLED',
    });
    expect(await stores.index.read(KEY)).toBeNull();
  });
});

// eslint-disable-next-line @typescript-eslint/require-await -- bodies are asynchronous
async function* one(content: string): AsyncGenerator<Buffer> {
  yield Buffer.from(content);
}
