import type { Logger } from 'pino';
import { createAccessTimes } from '../eviction/access-times.ts';
import { createEvictor, type EvictionLimits } from '../eviction/evictor.ts';
import type { ArtifactIndex } from '../storage/artifact-index.ts';
import type { BlobStore } from '../storage/blob-store.ts';
import { createArtifactCache, type ArtifactCache } from './artifact-cache.ts';
import { reconcile } from './reconcile.ts';

/**
 * Puts the core together over its stores: repairs what a crash left, and keeps to the limits as long
 * as the cache is open.
 *
 * @throws LarderError `LARDER_SERVER_STORAGE_FAILED`
 */
export async function openArtifactCache(options: {
  blobs: BlobStore;
  index: ArtifactIndex;
  limits: EvictionLimits;
  logger: Logger;
}): Promise<ArtifactCache> {
  const { blobs, index, limits, logger } = options;
  const { removedBlobs, removedRecords } = await reconcile(blobs, index);
  if (removedBlobs + removedRecords > 0) {
    logger.warn({ removedBlobs, removedRecords }, 'the data folder has been repaired');
  }
  const onTrouble = (message: string, err: unknown) => {
    logger.warn({ err }, message);
  };
  const accessTimes = createAccessTimes({ index, onTrouble });
  const evictor = createEvictor({
    blobs,
    index,
    accessTimes,
    limits,
    onTrouble,
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
    onTrouble: (message, { key }) => {
      logger.warn({ key }, message);
    },
  });
  // In case that the limits were lowered, or time has passed.
  void evictor.sweep();
  return {
    ...cache,
    async close() {
      await cache.close();
      await evictor.close();
      await accessTimes.close();
    },
  };
}
