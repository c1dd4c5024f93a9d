import type { Logger } from 'pino';
import { createAccessTimes } from '../eviction/access-times.ts';
import { createEvictor, type EvictionLimits, type Evictor } from '../eviction/evictor.ts';
import type { MetadataStore } from '../storage/metadata-store.ts';
import { recordPurged } from '../usage/record-removals.ts';
import type { UsageRecorder } from '../usage/usage-recorder.ts';
import type { BlobStore } from '../storage/blob-store.ts';
import { createArtifactCache, type ArtifactCache } from './artifact-cache.ts';
import { createOrphanSweep } from './orphan-sweep.ts';
import { reconcile } from './reconcile.ts';

/** The core, and what it is about to store. */
export interface OpenArtifactCache extends ArtifactCache {
  reserved(): ReturnType<Evictor['reserved']>;
  /** Writes into the index what is known of uses so far, which happens every few seconds otherwise. */
  flushAccesses(): Promise<void>;
}

/**
 * Puts the core together over its stores: repairs what a crash left, at once or, where other servers
 * may be at work on them, behind their backs; and keeps to the limits as long as the cache is open.
 *
 * @throws LarderError `LARDER_SERVER_STORAGE_FAILED`
 */
export async function openArtifactCache(options: {
  blobs: BlobStore;
  metadata: Pick<MetadataStore, 'artifacts' | 'leases'>;
  /** Whether other servers may use the blobs at the same time. */
  areBlobsShared: boolean;
  limits: EvictionLimits;
  recorder: Pick<UsageRecorder, 'add' | 'addEvicted'>;
  logger: Logger;
}): Promise<OpenArtifactCache> {
  const { blobs, limits, recorder, logger, areBlobsShared } = options;
  const { artifacts: index, leases } = options.metadata;
  if (!areBlobsShared) {
    const { removedBlobs, removedRecords } = await reconcile(blobs, index);
    if (removedBlobs + removedRecords > 0) {
      logger.warn({ removedBlobs, removedRecords }, 'the data folder has been repaired');
    }
  }
  const onTrouble = (message: string, err: unknown) => {
    recorder.add(null, 'storage_errors');
    logger.warn({ err }, message);
  };
  const accessTimes = createAccessTimes({ index, onTrouble });
  const evictor = createEvictor({
    blobs,
    index,
    leases,
    accessTimes,
    limits,
    onTrouble,
    onRemoved: ({ team, storedBytes, accessedAtMs }) => {
      recorder.addEvicted(team, { bytes: storedBytes, ageMs: Date.now() - accessedAtMs });
    },
    onEvicted: ({ lastAccessedAtMs, ...totals }) => {
      const lastAccessedAt = new Date(lastAccessedAtMs).toISOString();
      logger.info({ ...totals, lastAccessedAt }, 'evicted');
    },
  });
  const cache = createArtifactCache({
    blobs,
    index,
    accessTimes,
    evictor,
    onRemoved: (removed) => {
      recordPurged(recorder, removed);
    },
    onTrouble: (message, { key }) => {
      logger.warn({ key }, message);
    },
  });
  // In case that the limits were lowered, or time has passed.
  void evictor.sweep();
  const orphanSweep = areBlobsShared
    ? createOrphanSweep({
        blobs,
        index,
        leases,
        onSwept: (removedBlobs) => {
          logger.info({ removedBlobs }, 'what interrupted uploads left has been removed');
        },
        onTrouble,
      })
    : null;
  return {
    ...cache,
    reserved: () => evictor.reserved(),
    flushAccesses: () => accessTimes.flush(),
    async close() {
      await cache.close();
      await orphanSweep?.close();
      await evictor.close();
      await accessTimes.close();
    },
  };
}
