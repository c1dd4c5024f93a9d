import type { ArtifactIndex } from '../storage/artifact-index.ts';
import type { BlobStore } from '../storage/blob-store.ts';
import type { Leases } from '../storage/leases.ts';
import { sweepOrphans } from './orphans.ts';

const LEASE = 'orphan-sweep';

const SWEPT_EVERY_MS = 24 * 3_600_000;

/** Not given back: whoever else looks before it ends need not sweep again. */
const LEASE_MS = SWEPT_EVERY_MS / 2;

/** Sweeps orphans at the start and once a day, on one of the servers of a store. */
export interface OrphanSweep {
  close(): Promise<void>;
}

export function createOrphanSweep(parts: {
  blobs: Pick<BlobStore, 'list' | 'remove' | 'removeLeftovers'>;
  index: Pick<ArtifactIndex, 'listBlobs' | 'usage'>;
  leases: Pick<Leases, 'acquire'>;
  /** Called when there were any. */
  onSwept: (removedBlobs: number) => void;
  onTrouble: (message: string, cause: unknown) => void;
  /** Milliseconds since 1970. */
  now?: () => number;
}): OrphanSweep {
  const { leases, onSwept, onTrouble, now = Date.now } = parts;
  const closing = new AbortController();

  async function sweepUnlessSwept(): Promise<void> {
    const { signal } = closing;
    try {
      if (!(await leases.acquire(LEASE, LEASE_MS))) return;
      const removed = await sweepOrphans({ ...parts, nowMs: now(), signal });
      if (removed > 0) onSwept(removed);
    } catch (cause) {
      if (!signal.aborted) onTrouble('what interrupted uploads left could not be removed', cause);
    }
  }

  let sweeping = sweepUnlessSwept();
  const timer = setInterval(() => {
    sweeping = sweeping.then(sweepUnlessSwept);
  }, SWEPT_EVERY_MS).unref();

  return {
    async close() {
      clearInterval(timer);
      closing.abort();
      await sweeping;
    },
  };
}
