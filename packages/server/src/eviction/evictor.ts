import { setImmediate as yieldTurn, setTimeout as wait } from 'node:timers/promises';
import type { ArtifactIndex, EvictionCandidate, StoredAmount } from '../storage/artifact-index.ts';
import type { BlobStore } from '../storage/blob-store.ts';
import type { Leases } from '../storage/leases.ts';
import type { AccessTimes } from './access-times.ts';
import {
  bytesOf,
  findExcess,
  type LimitOwner,
  type SizeLimits,
  type TeamBytes,
} from './find-excess.ts';
import { createReservations, type Reservation } from './reservations.ts';

export interface EvictionLimits extends SizeLimits {
  /** Longest time without use; null: for ever. */
  maxAgeMs: number | null;
}

/** What has been evicted since the last time that it was told. */
export interface EvictedTotals {
  artifacts: number;
  bytes: number;
  /** When the one that was used last of them was used. Soon after its use: the limit is too small. */
  lastAccessedAtMs: number;
}

export interface EvictorParts {
  blobs: BlobStore;
  index: ArtifactIndex;
  /** Of the servers of one index, one at a time evicts. */
  leases: Leases;
  accessTimes: AccessTimes;
  limits: EvictionLimits;
  /** Called for every artifact that has been evicted. */
  onRemoved: (artifact: EvictionCandidate) => void;
  /** Called once a minute at most. */
  onEvicted: (totals: EvictedTotals) => void;
  onTrouble: (message: string, cause: unknown) => void;
  /** Milliseconds since 1970. */
  now?: () => number;
}

/**
 * Keeps the store within its limits by removing what was not used for longest. It works behind the
 * requests, in small steps. Several may work on one store: what one removes the others do not.
 */
export interface Evictor {
  /** Announces an upload, so that there is room for it by the time it has arrived. */
  reserve(team: string, sizeBytes: number): Reservation;
  /** Uploads in flight that have announced themselves; none are known where there is no limit. */
  reserved(): { uploads: number; bytes: number };
  /** Looks at all limits, that of age included, now instead of when it is due. */
  sweep(): Promise<void>;
  close(): Promise<void>;
}

/** What a blob takes up besides the artifact, its description, is less than this. */
export const DESCRIPTION_ALLOWANCE_BYTES = 8_192;

/** Few enough for a statement of little more than a millisecond. */
const EVICTED_AT_ONCE = 20;

const TOLD_EVERY_MS = 60_000;

/** How often, at most and at least, artifacts are looked at for their age. */
const AGE_CHECK_MS = { least: 1_000, most: 10 * 60_000 };

const LEASE = 'eviction';

/** Many times what a step takes, and little enough to wait for when its holder has died. */
const LEASE_MS = 15_000;

/** How long a server waits for what another one is evicting before it looks again. */
const OTHER_EVICTS_MS = 200;

export function createEvictor(parts: EvictorParts): Evictor {
  const { blobs, index, leases, accessTimes, limits, onTrouble, now = Date.now } = parts;
  const totals = createTotals(parts.onEvicted, now);
  const reservations = createReservations(wake);
  let isWoken = false;
  let isAgeDue = false;
  let isClosed = false;
  let hasLease = false;
  let running: Promise<void> | null = null;

  function wake(): void {
    isWoken = true;
    if (isClosed) return;
    running ??= run().finally(() => {
      running = null;
      if (isWoken) wake();
    });
  }

  async function run(): Promise<void> {
    while (isWoken && !isClosed) {
      isWoken = false;
      try {
        if (isAgeDue) await removeAged();
        await makeRoom();
        await returnLease();
      } catch (error) {
        onTrouble('nothing could be evicted', error);
        reservations.fail(error);
      }
    }
  }

  async function takeLease(): Promise<boolean> {
    hasLease = await leases.acquire(LEASE, LEASE_MS);
    return hasLease;
  }

  async function returnLease(): Promise<void> {
    if (hasLease) await leases.release(LEASE);
    hasLease = false;
  }

  async function removeAged(): Promise<void> {
    isAgeDue = false;
    if (limits.maxAgeMs === null) return;
    const usedBeforeMs = now() - limits.maxAgeMs;
    for (;;) {
      await accessTimes.flush();
      const some = await index.listLeastRecentlyUsed({ usedBeforeMs, limit: EVICTED_AT_ONCE });
      if (some.length === 0 || isClosed) return;
      // Another one looks at the age of all artifacts just as well.
      if (!(await takeLease())) return;
      await evict(some);
    }
  }

  async function makeRoom(): Promise<void> {
    const evicting = new Set<LimitOwner>();
    const exhausted = new Set<LimitOwner>();
    let hasGranted = false;
    while (!isClosed) {
      // Before usage is read: what is stored meanwhile is counted twice rather than never.
      const reserved = reservations.reserved();
      const granted = reservations.granted();
      const used = bytesByTeam(await index.usage());
      const grantedCount = reservations.grant({ used, reserved: granted }, limits);
      hasGranted ||= granted.size > 0 || grantedCount > 0;
      const excess = findExcess({ used, reserved }, limits, { evicting, exhausted });
      if (excess === null) break;
      if (!(await takeLease())) {
        await wait(OTHER_EVICTS_MS);
        continue;
      }

      evicting.add(excess.owner);
      await accessTimes.flush();
      const some = await index.listLeastRecentlyUsed({
        team: excess.owner ?? undefined,
        limit: EVICTED_AT_ONCE,
      });
      if (some.length === 0) exhausted.add(excess.owner);
      await evict(takeBytes(some, excess.bytes));
    }
    // Should usage ever be counted wrong, uploads would wait for ever.
    if (exhausted.size > 0 && !hasGranted) reservations.grantFirst();
  }

  async function evict(candidates: readonly EvictionCandidate[]): Promise<void> {
    const removed = new Set(await index.removeBlobs(candidates.map(({ blob }) => blob)));
    for (const candidate of candidates) {
      if (!removed.has(candidate.blob)) continue;
      // One by one: removing files must not fill the threads that requests need.
      await blobs.remove(candidate.blob);
      totals.add(candidate);
      parts.onRemoved(candidate);
    }
    totals.tellWhenDue();
    await yieldTurn();
  }

  const timer =
    limits.maxAgeMs === null
      ? undefined
      : setInterval(
          () => {
            isAgeDue = true;
            wake();
          },
          Math.min(AGE_CHECK_MS.most, Math.max(AGE_CHECK_MS.least, limits.maxAgeMs / 10)),
        ).unref();

  return {
    reserve(team, sizeBytes) {
      if (limits.maxStoreSizeBytes === null && limits.maxTeamSizeBytes === null) return NO_LIMIT;
      return reservations.add(team, sizeBytes + DESCRIPTION_ALLOWANCE_BYTES);
    },

    reserved: () => ({
      uploads: reservations.count(),
      bytes: bytesOf(reservations.reserved(), null),
    }),

    async sweep() {
      isAgeDue = true;
      wake();
      while (running !== null) await running;
    },

    async close() {
      isClosed = true;
      clearInterval(timer);
      await running;
      totals.tell();
    },
  };
}

const NO_LIMIT: Reservation = {
  whenRoom: () => Promise.resolve(),
  release: () => undefined,
};

function bytesByTeam(stored: ReadonlyMap<string, StoredAmount>): TeamBytes {
  return new Map([...stored].map(([team, { storedBytes }]) => [team, storedBytes]));
}

/** As many from the front as it takes to get this many bytes. */
function takeBytes(
  candidates: readonly EvictionCandidate[],
  bytes: number,
): readonly EvictionCandidate[] {
  let left = bytes;
  return candidates.filter(({ storedBytes }) => {
    const isNeeded = left > 0;
    left -= storedBytes;
    return isNeeded;
  });
}

function createTotals(onEvicted: EvictorParts['onEvicted'], now: () => number) {
  const none: EvictedTotals = { artifacts: 0, bytes: 0, lastAccessedAtMs: 0 };
  let totals = { ...none };
  let toldAtMs = now();
  const tell = (): void => {
    if (totals.artifacts > 0) onEvicted(totals);
    totals = { ...none };
    toldAtMs = now();
  };
  return {
    tell,
    tellWhenDue(): void {
      if (now() - toldAtMs >= TOLD_EVERY_MS) tell();
    },
    add({ storedBytes, accessedAtMs }: EvictionCandidate): void {
      totals.artifacts += 1;
      totals.bytes += storedBytes;
      totals.lastAccessedAtMs = Math.max(totals.lastAccessedAtMs, accessedAtMs);
    },
  };
}
