import type { ArtifactIndex, ArtifactKey, EvictionCandidate } from '../storage/artifact-index.ts';
import type { Leases } from '../storage/leases.ts';
import { openTestStores, storeArtifact, type TestStores } from '../testing/stores.fixture.ts';
import { removeTemporaryFolders } from '../testing/start-server.fixture.ts';
import { createAccessTimes, type AccessTimes } from './access-times.ts';
import {
  createEvictor,
  DESCRIPTION_ALLOWANCE_BYTES,
  type EvictedTotals,
  type EvictionLimits,
  type Evictor,
} from './evictor.ts';

const BODY_BYTES = 100_000;
const LIMIT_BYTES = 1_000_000;
const MINUTE_MS = 60_000;

let stores: TestStores;
let accessTimes: AccessTimes;
let evictors: Evictor[];
let evicted: EvictedTotals[];
let removed: EvictionCandidate[];
let troubles: unknown[];
let nowMs: number;

beforeEach(async () => {
  stores = await openTestStores();
  evictors = [];
  evicted = [];
  removed = [];
  troubles = [];
  nowMs = 1_000_000;
});
afterEach(async () => {
  for (const evictor of evictors) await evictor.close();
  await accessTimes.close();
  await stores.close();
});
afterAll(removeTemporaryFolders);

function create(
  limits: Partial<EvictionLimits>,
  index: ArtifactIndex = stores.index,
  leases: Leases = stores.leases,
): Evictor {
  const onTrouble = (_message: string, cause: unknown) => troubles.push(cause);
  accessTimes = createAccessTimes({ index, onTrouble });
  const evictor = createEvictor({
    ...stores,
    index,
    leases,
    accessTimes,
    limits: { maxStoreSizeBytes: null, maxTeamSizeBytes: null, maxAgeMs: null, ...limits },
    onTrouble,
    onRemoved: (artifact) => removed.push(artifact),
    onEvicted: (totals) => evicted.push(totals),
    now: () => nowMs,
  });
  evictors.push(evictor);
  return evictor;
}

const keyOf = (hash: string, team = 'a'): ArtifactKey => ({
  team,
  scope: 'trusted',
  api: 'artifacts',
  hash,
});

/** Stores artifacts of 100 kB that were used one after the other; their names are digits. */
async function storeInOrder(hashes: string, team?: string): Promise<Map<string, string>> {
  const blobs = new Map<string, string>();
  for (const hash of hashes) {
    nowMs += 1;
    const { blob } = await storeArtifact(stores, keyOf(hash, team), {
      body: Buffer.alloc(BODY_BYTES),
      createdAtMs: nowMs,
    });
    blobs.set(hash, blob);
  }
  return blobs;
}

async function remaining(team = 'a'): Promise<string> {
  const hashes = Array.from('0123456789xyz');
  const records = await stores.index.readMany(keyOf('', team), hashes);
  return hashes.filter((hash) => records.has(hash)).join('');
}

async function usedBytes(): Promise<number> {
  return [...(await stores.index.usage()).values()].reduce(
    (sum, { storedBytes }) => sum + storedBytes,
    0,
  );
}

it('removes what was not used for longest, with its file, until a twentieth is free', async () => {
  const evictor = create({ maxStoreSizeBytes: LIMIT_BYTES });
  const blobs = await storeInOrder('0123456789xy');
  // Not written into the index yet.
  accessTimes.note(blobs.get('0')!, { accessedAtMs: nowMs + 2, isHit: true });
  accessTimes.note(blobs.get('1')!, { accessedAtMs: nowMs + 1, isHit: true });
  await evictor.sweep();
  expect(await remaining()).toBe('0156789xy');
  expect(await usedBytes()).toBeLessThan(LIMIT_BYTES * 0.95);
  expect(removed.map(({ blob }) => blob)).toEqual(['2', '3', '4'].map((hash) => blobs.get(hash)));
  for (const [hash, blob] of blobs) {
    expect((await stores.blobs.stat(blob)) === null).toBe('234'.includes(hash));
  }
});

it('removes nothing while the limit is kept', async () => {
  const evictor = create({ maxStoreSizeBytes: LIMIT_BYTES, maxTeamSizeBytes: LIMIT_BYTES });
  await storeInOrder('012345678');
  await evictor.sweep();
  expect(await remaining()).toBe('012345678');
});

it('makes the team go within its limit that is beyond it, and nobody else', async () => {
  const evictor = create({ maxTeamSizeBytes: LIMIT_BYTES });
  await storeInOrder('012345678', 'b');
  await storeInOrder('0123456789x', 'a');
  await evictor.sweep();
  expect([await remaining('b'), await remaining('a')]).toEqual(['012345678', '23456789x']);
});

it('removes what was not used for as long as is allowed', async () => {
  const evictor = create({ maxAgeMs: MINUTE_MS });
  const blobs = await storeInOrder('012345');
  nowMs += MINUTE_MS - 2;
  accessTimes.note(blobs.get('1')!, { accessedAtMs: nowMs, isHit: true });
  await evictor.sweep();
  expect(await remaining()).toBe('1345');
  nowMs += MINUTE_MS;
  await evictor.sweep();
  expect(await remaining()).toBe('1');
});

it('removes many that are too old', async () => {
  const evictor = create({ maxAgeMs: MINUTE_MS });
  for (let number = 0; number < 50; number += 1) {
    await storeArtifact(stores, keyOf(`old-${number}`), { body: '' });
  }
  await evictor.sweep();
  expect(await stores.index.usage()).toEqual(new Map());
});

it('makes room for an upload before it is let through', async () => {
  const evictor = create({ maxStoreSizeBytes: LIMIT_BYTES });
  await storeInOrder('012345678');
  const reservation = evictor.reserve('b', 3 * BODY_BYTES);
  await reservation.whenRoom();
  const room = LIMIT_BYTES - (await usedBytes());
  expect(room).toBeGreaterThanOrEqual(3 * BODY_BYTES + DESCRIPTION_ALLOWANCE_BYTES);
  reservation.release();
  await evictor.sweep();
  expect(await remaining()).toBe('345678');
});

it('lets uploads through that are more than the store, one after the other', async () => {
  const evictor = create({ maxStoreSizeBytes: LIMIT_BYTES });
  let greatestBytes = 0;
  const upload = async (hash: string) => {
    const reservation = evictor.reserve('a', 4 * BODY_BYTES);
    await reservation.whenRoom();
    await storeArtifact(stores, keyOf(hash), {
      body: Buffer.alloc(4 * BODY_BYTES),
      createdAtMs: (nowMs += 1),
    });
    greatestBytes = Math.max(greatestBytes, await usedBytes());
    reservation.release();
  };
  await Promise.all(Array.from('0123456789').map(upload));
  expect(greatestBytes).toBeGreaterThan(4 * BODY_BYTES);
  expect(greatestBytes).toBeLessThanOrEqual(LIMIT_BYTES);
});

it('lets an artifact through that takes the whole store, and keeps it', async () => {
  const evictor = create({ maxStoreSizeBytes: LIMIT_BYTES });
  await storeInOrder('012');
  const sizeBytes = LIMIT_BYTES - DESCRIPTION_ALLOWANCE_BYTES;
  const reservation = evictor.reserve('a', sizeBytes);
  await reservation.whenRoom();
  await storeArtifact(stores, keyOf('x'), { body: Buffer.alloc(sizeBytes), createdAtMs: nowMs });
  reservation.release();
  await evictor.sweep();
  expect(await remaining()).toBe('x');
});

it('lets everybody through at once when there is no limit on sizes', async () => {
  const evictor = create({ maxAgeMs: MINUTE_MS });
  await evictor.reserve('a', Number.MAX_SAFE_INTEGER).whenRoom();
});

it('forgets an upload that is aborted while it waits', async () => {
  const evictor = create({ maxStoreSizeBytes: LIMIT_BYTES });
  const first = evictor.reserve('a', 9 * BODY_BYTES);
  await first.whenRoom();
  const controller = new AbortController();
  const second = evictor.reserve('a', 9 * BODY_BYTES);
  const waiting = second.whenRoom(controller.signal);
  controller.abort(new Error('gone'));
  await expect(waiting).rejects.toThrow('gone');
  second.release();
  const third = evictor.reserve('a', 9 * BODY_BYTES);
  const isLetThrough = third.whenRoom();
  first.release();
  await isLetThrough;
  third.release();
});

it('refuses uploads when no room can be made, and works again afterwards', async () => {
  let isBroken = true;
  const failure = new Error('no space');
  const evictor = create(
    { maxStoreSizeBytes: LIMIT_BYTES },
    {
      ...stores.index,
      removeBlobs: (blobs) =>
        isBroken ? Promise.reject(failure) : stores.index.removeBlobs(blobs),
    },
  );
  await storeInOrder('012345678');
  const refused = evictor.reserve('a', 2 * BODY_BYTES);
  await expect(refused.whenRoom()).rejects.toBe(failure);
  refused.release();
  expect(troubles).toContain(failure);
  isBroken = false;
  const accepted = evictor.reserve('a', 2 * BODY_BYTES);
  await accepted.whenRoom();
  accepted.release();
});

it('never makes an upload wait for ever, should the index have lost count', async () => {
  const evictor = create(
    { maxStoreSizeBytes: LIMIT_BYTES },
    {
      ...stores.index,
      usage: () =>
        Promise.resolve(new Map([['a', { storedBytes: 2 * LIMIT_BYTES, artifacts: 1 }]])),
    },
  );
  const reservation = evictor.reserve('a', BODY_BYTES);
  await reservation.whenRoom();
  reservation.release();
});

describe('beside other servers', () => {
  it('waits for the one that evicts, evicts itself afterwards, and gives the lease back', async () => {
    let othersTurns = 3;
    const released: string[] = [];
    const evictor = create({ maxStoreSizeBytes: LIMIT_BYTES }, stores.index, {
      acquire: () => Promise.resolve((othersTurns -= 1) < 0),
      release: (name) => Promise.resolve(void released.push(name)),
    });
    await storeInOrder('0123456789x');
    await evictor.sweep();
    expect(othersTurns).toBeLessThan(0);
    expect(await remaining()).toBe('23456789x');
    expect(released).toHaveLength(1);
  });

  it('leaves artifacts that are too old to the one that has the lease', async () => {
    const evictor = create({ maxAgeMs: MINUTE_MS }, stores.index, {
      acquire: () => Promise.resolve(false),
      release: () => Promise.resolve(),
    });
    await storeInOrder('01');
    nowMs += 2 * MINUTE_MS;
    await evictor.sweep();
    expect(await remaining()).toBe('01');
  });

  it('removes each artifact once when two evict all the same', async () => {
    await storeInOrder('0123456789xyz');
    const both = [1, 2].map(() => create({ maxStoreSizeBytes: LIMIT_BYTES }));
    await Promise.all(both.map((evictor) => evictor.sweep()));
    expect(new Set(removed.map(({ blob }) => blob)).size).toBe(removed.length);
  });
});

it('tells what it has evicted once a minute, and the rest at its end', async () => {
  const evictor = create({ maxStoreSizeBytes: LIMIT_BYTES });
  await storeInOrder('0');
  const firstAtMs = nowMs;
  nowMs += MINUTE_MS;
  await storeInOrder('123456789x');
  await evictor.sweep();
  expect(evicted).toMatchObject([{ artifacts: 2, lastAccessedAtMs: firstAtMs + MINUTE_MS + 1 }]);
  expect(evicted[0]!.bytes).toBeGreaterThan(2 * BODY_BYTES);

  await storeInOrder('yz');
  await evictor.sweep();
  expect(evicted).toHaveLength(1);
  await evictor.close();
  expect(evicted[1]).toMatchObject({ artifacts: 2, lastAccessedAtMs: firstAtMs + MINUTE_MS + 3 });
});
