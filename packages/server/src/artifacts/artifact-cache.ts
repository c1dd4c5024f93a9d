// The core: artifacts are records of the index over blobs. Both APIs stand on it.
import { randomBytes } from 'node:crypto';
import type { Readable } from 'node:stream';
import type {
  ArtifactIndex,
  ArtifactKey,
  ArtifactMetadata,
  ArtifactRecord,
  ArtifactSpace,
  TeamScope,
} from '../storage/artifact-index.ts';
import type { BlobStore } from '../storage/blob-store.ts';
import { readToEnd } from './read-to-end.ts';

/** Writing the time of every access would make each download a write; this precision is enough. */
const ACCESS_PRECISION_MS = 60_000;

/** Enough for few statements, and little enough to leave other requests their turn. */
const REMOVED_AT_ONCE = 100;

export interface ArtifactUpload {
  sizeBytes: number;
  body: AsyncIterable<Uint8Array>;
  metadata: ArtifactMetadata;
  /** Label of the token. */
  writer: string;
  signal?: AbortSignal | undefined;
}

export type PutOutcome = 'stored' | 'duplicate';

/** Trouble that no caller needs to hear of, but that somebody should. */
export type TroubleListener = (
  message: string,
  details: { key: ArtifactKey; cause?: unknown },
) => void;

export interface ArtifactCache {
  /**
   * Stores an artifact unless its key is taken: the first write wins, and a duplicate is read to
   * its end and dropped.
   */
  put(key: ArtifactKey, upload: ArtifactUpload): Promise<PutOutcome>;
  /** Opens an artifact; null on a miss. Whoever gets it must consume or destroy the stream. */
  get(
    key: ArtifactKey,
    options?: { signal?: AbortSignal | undefined },
  ): Promise<{ record: ArtifactRecord; stream: Readable } | null>;
  head(key: ArtifactKey): Promise<ArtifactRecord | null>;
  /** Records by hash; misses are left out. */
  query(space: ArtifactSpace, hashes: readonly string[]): Promise<Map<string, ArtifactRecord>>;
  /**
   * Removes everything that a team has. What is written meanwhile may stay.
   *
   * @returns how many artifacts were removed.
   */
  clear(owner: TeamScope): Promise<number>;
  /** Waits for what is being written, then closes the index. */
  close(): Promise<void>;
}

export interface ArtifactCacheParts {
  blobs: BlobStore;
  index: ArtifactIndex;
  onTrouble: TroubleListener;
  /** Milliseconds since 1970. */
  now?: () => number;
}

export function createArtifactCache(parts: ArtifactCacheParts): ArtifactCache {
  const { blobs, index, onTrouble, now = Date.now } = parts;
  const writes = new Set<Promise<unknown>>();

  /** A record whose blob is gone or was cut is no artifact: dropping it lets a later put repair it. */
  async function dropDamaged(key: ArtifactKey, { blob }: ArtifactRecord): Promise<void> {
    onTrouble('an artifact was damaged on disk and has been dropped', { key });
    await index.remove(key, blob);
    await blobs.remove(blob);
  }

  async function head(key: ArtifactKey): Promise<ArtifactRecord | null> {
    const record = await index.read(key);
    if (record === null) return null;
    const stat = await blobs.stat(record.blob);
    if (stat?.sizeBytes === record.sizeBytes) return record;
    await dropDamaged(key, record);
    return null;
  }

  async function store(key: ArtifactKey, upload: ArtifactUpload): Promise<PutOutcome> {
    const { body, sizeBytes, signal, metadata, writer } = upload;
    if ((await head(key)) !== null) {
      await readToEnd(body, signal);
      return 'duplicate';
    }
    // Every write has a blob of its own, so that concurrent writers of one hash never meet on disk.
    const blob = randomBytes(16).toString('hex');
    const { sha256 } = await blobs.write(blob, body, { sizeBytes, signal });
    let isFirst = false;
    try {
      // What nobody waits for any more may have been followed by bytes that were no HTTP.
      signal?.throwIfAborted();
      const createdAtMs = now();
      isFirst = await index.write(key, {
        ...metadata,
        blob,
        sizeBytes,
        sha256,
        writer,
        createdAtMs,
        accessedAtMs: createdAtMs,
      });
    } finally {
      if (!isFirst) await blobs.remove(blob);
    }
    return isFirst ? 'stored' : 'duplicate';
  }

  async function touch(key: ArtifactKey, record: ArtifactRecord): Promise<void> {
    const accessedAtMs = now();
    if (accessedAtMs - record.accessedAtMs < ACCESS_PRECISION_MS) return;
    try {
      await index.touch(key, accessedAtMs);
    } catch (cause) {
      // On a full disk the index cannot be written, but what is there can still be served.
      onTrouble('the time of an access could not be noted', { key, cause });
    }
  }

  return {
    head,

    put(key, upload) {
      const write = store(key, upload);
      writes.add(write);
      return write.finally(() => writes.delete(write));
    },

    async get(key, { signal } = {}) {
      const record = await index.read(key);
      if (record === null) return null;
      const open = await blobs.read(record.blob, { signal });
      if (open?.sizeBytes !== record.sizeBytes) {
        open?.stream.destroy();
        await dropDamaged(key, record);
        return null;
      }
      await touch(key, record);
      return { record, stream: open.stream };
    },

    async clear({ team, scope }) {
      let count = 0;
      for (;;) {
        const removed = await index.removeSome({ team, scope }, REMOVED_AT_ONCE);
        // A crash in between leaves blobs without a record, which the next start removes.
        await Promise.all(removed.map((blob) => blobs.remove(blob)));
        count += removed.length;
        if (removed.length < REMOVED_AT_ONCE) return count;
      }
    },

    query: (space, hashes) => index.readMany(space, hashes),

    async close() {
      await Promise.allSettled(writes);
      await index.close();
    },
  };
}
