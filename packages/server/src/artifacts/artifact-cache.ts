// The core: artifacts are records of the index over blobs. Both APIs stand on it.
import { randomBytes } from 'node:crypto';
import type { Readable } from 'node:stream';
import type {
  ArtifactFilter,
  ArtifactIndex,
  ArtifactKey,
  ArtifactMetadata,
  ArtifactProvenance,
  ArtifactRecord,
  RemovedArtifact,
} from '../storage/artifact-index.ts';
import { MAX_SMALL_BLOB_BYTES, type BlobStore } from '../storage/blob-store.ts';
import { ownSpace, visibleKeys, visibleSpaces, type ArtifactView } from '../trust/artifact-view.ts';
import { describeArtifact, type ArtifactOrigin } from './artifact-description.ts';
import type { AccessTimes } from '../eviction/access-times.ts';
import type { Evictor } from '../eviction/evictor.ts';
import type { Reservation } from '../eviction/reservations.ts';
import { LarderError } from '../errors/larder-error.ts';
import { createLossWatch } from './loss-watch.ts';
import { MAX_UPLOAD_MS } from './orphans.ts';
import { removeArtifacts } from './remove-artifacts.ts';
import { readToEnd } from './read-to-end.ts';

export interface ArtifactUpload {
  sizeBytes: number;
  body: AsyncIterable<Uint8Array>;
  metadata: ArtifactMetadata;
  provenance: ArtifactProvenance;
  /** What the body must have, in hex; nothing is stored otherwise. Null: it may be anything. */
  sha256?: string | null;
  signal?: AbortSignal | undefined;
}

export type PutOutcome = 'stored' | 'duplicate';

/** Trouble that no caller needs to hear of, but that somebody should. */
export type TroubleListener = (message: string, details: { key: ArtifactKey }) => void;

/** Whoever gets it must consume or destroy a body that is a stream. */
export interface OpenArtifact {
  record: ArtifactRecord;
  /** All bytes of a small artifact. */
  body: Buffer | Readable;
}

/** An artifact that can be fetched elsewhere, by whoever has the address. */
export interface LinkedArtifact {
  record: ArtifactRecord;
  url: string;
}

/** Every call is made for a principal, and reaches no further than that one's view. */
export interface ArtifactCache {
  /**
   * Stores an artifact in the principal's own scope unless there is one of this hash already that
   * it sees: the first write wins, and a duplicate is read to its end and dropped.
   */
  put(view: ArtifactView, hash: string, upload: ArtifactUpload): Promise<PutOutcome>;
  /** Opens an artifact; null on a miss. */
  get(
    view: ArtifactView,
    hash: string,
    options?: { signal?: AbortSignal | undefined },
  ): Promise<OpenArtifact | null>;
  /**
   * Where an artifact can be fetched without this server. Null on a miss, and where it is better to get
   * it: small ones, and all where the storage gives no links.
   */
  link(view: ArtifactView, hash: string): Promise<LinkedArtifact | null>;
  head(view: ArtifactView, hash: string): Promise<ArtifactRecord | null>;
  /** Records by hash; misses are left out. */
  query(view: ArtifactView, hashes: readonly string[]): Promise<Map<string, ArtifactRecord>>;
  /**
   * Removes all artifacts that are meant. What is written meanwhile may stay.
   *
   * @returns how many were removed.
   */
  remove(filter: ArtifactFilter): Promise<number>;
  /** Waits for what is being written. */
  close(): Promise<void>;
}

export interface ArtifactCacheParts {
  blobs: BlobStore;
  index: ArtifactIndex;
  accessTimes: Pick<AccessTimes, 'note'>;
  evictor: Pick<Evictor, 'reserve'>;
  /** Told of what {@link ArtifactCache.remove} has removed. */
  onRemoved: (removed: readonly RemovedArtifact[]) => void;
  onTrouble: TroubleListener;
  /** Milliseconds since 1970. */
  now?: () => number;
}

export function createArtifactCache(parts: ArtifactCacheParts): ArtifactCache {
  const { blobs, index, accessTimes, evictor, onRemoved, onTrouble, now = Date.now } = parts;
  const writes = new Set<Promise<unknown>>();
  const losses = createLossWatch({ isCertainAtOnce: blobs.isLossCertain, now });

  /**
   * A record whose blob is gone or was cut is no artifact: dropping it lets a later put repair it.
   *
   * @param sizeBytes - Of the blob; null: it is gone.
   */
  async function dropDamaged(
    key: ArtifactKey,
    { blob }: ArtifactRecord,
    sizeBytes: number | null,
  ): Promise<void> {
    if (sizeBytes === null && !losses.isCertain(blob)) return;
    // Evicted or purged since the record was read.
    if ((await index.read(key))?.blob !== blob) return;
    onTrouble('an artifact was damaged in the storage and has been dropped', { key });
    await index.remove(key, blob);
    await blobs.remove(blob);
  }

  async function headKey(key: ArtifactKey): Promise<ArtifactRecord | null> {
    const record = await index.read(key);
    if (record === null) return null;
    const stat = await blobs.stat(record.blob, record);
    if (stat?.sizeBytes === record.sizeBytes) return record;
    await dropDamaged(key, record, stat?.sizeBytes ?? null);
    return null;
  }

  async function head(view: ArtifactView, hash: string): Promise<ArtifactRecord | null> {
    for (const key of visibleKeys(view, hash)) {
      const record = await headKey(key);
      if (record !== null) return record;
    }
    return null;
  }

  /** Null when the blob is not what the record says, which is dropped then. */
  async function openBody(
    key: ArtifactKey,
    record: ArtifactRecord,
    signal: AbortSignal | undefined,
  ): Promise<Buffer | Readable | null> {
    if (record.sizeBytes <= MAX_SMALL_BLOB_BYTES) {
      const bytes = await blobs.readSmall(record.blob, record);
      if (bytes !== null) return bytes;
    }
    const open = await blobs.read(record.blob, { expected: record, signal });
    if (open?.sizeBytes === record.sizeBytes) return open.stream;
    open?.stream.destroy();
    await dropDamaged(key, record, open?.sizeBytes ?? null);
    return null;
  }

  async function openKey(
    key: ArtifactKey,
    signal: AbortSignal | undefined,
  ): Promise<OpenArtifact | null> {
    const record = await index.read(key);
    if (record === null) return null;
    const body = await openBody(key, record, signal);
    if (body === null) return null;
    accessTimes.note(record.blob, { accessedAtMs: now(), isHit: true });
    return { record, body };
  }

  async function store(
    view: ArtifactView,
    hash: string,
    upload: ArtifactUpload,
  ): Promise<PutOutcome> {
    const { body, sizeBytes, signal } = upload;
    const known = await head(view, hash);
    if (known !== null) {
      accessTimes.note(known.blob, { accessedAtMs: now(), isHit: false });
      await readToEnd(body, signal);
      return 'duplicate';
    }
    const reservation = evictor.reserve(view.team, sizeBytes);
    try {
      return await storeNew({ ...ownSpace(view), hash }, upload, reservation);
    } finally {
      reservation.release();
    }
  }

  async function storeNew(
    key: ArtifactKey,
    { body, sizeBytes, signal, metadata, provenance, sha256 = null }: ArtifactUpload,
    reservation: Reservation,
  ): Promise<PutOutcome> {
    // Every write has a blob of its own, so that concurrent writers of one hash never meet on disk.
    const blob = randomBytes(16).toString('hex');
    const endsAtMs = now() + MAX_UPLOAD_MS;
    const origin: ArtifactOrigin = { ...metadata, ...provenance, createdAtMs: now() };
    const description = describeArtifact(key, origin);
    const written = await blobs.write(blob, body, { sizeBytes, description, signal });
    let isFirst = false;
    let isOpen = false;
    try {
      if (sha256 !== null && sha256 !== written.sha256) throw digestWrong();
      await reservation.whenRoom(signal);
      // What nobody waits for any more may have been followed by bytes that were no HTTP.
      signal?.throwIfAborted();
      if (now() > endsAtMs) throw uploadTooSlow();
      const record = { ...origin, ...written, blob, accessedAtMs: now(), hits: 0 };
      isOpen = !index.failsWhole;
      isFirst = await index.write(key, record);
      isOpen = false;
    } finally {
      // Where it is open whether there is a record now, the blob has to stay, for the sweep of orphans.
      if (!isFirst && !isOpen) await blobs.remove(blob);
    }
    return isFirst ? 'stored' : 'duplicate';
  }

  return {
    head,

    put(view, hash, upload) {
      const write = store(view, hash, upload);
      writes.add(write);
      return write.finally(() => writes.delete(write));
    },

    async get(view, hash, { signal } = {}) {
      for (const key of visibleKeys(view, hash)) {
        const artifact = await openKey(key, signal);
        if (artifact !== null) return artifact;
      }
      return null;
    },

    async link(view, hash) {
      if (blobs.link === null) return null;
      for (const key of visibleKeys(view, hash)) {
        const record = await index.read(key);
        if (record === null) continue;
        if (record.sizeBytes <= MAX_SMALL_BLOB_BYTES) return null;
        const url = await blobs.link(record.blob);
        accessTimes.note(record.blob, { accessedAtMs: now(), isHit: true });
        return { record, url };
      }
      return null;
    },

    async query(view, hashes) {
      const found = await Promise.all(
        visibleSpaces(view).map((space) => index.readMany(space, hashes)),
      );
      // The first scope has the last word.
      return new Map(found.reverse().flatMap((records) => [...records]));
    },

    remove: (filter) => removeArtifacts(filter, { blobs, index, onRemoved }),

    async close() {
      await Promise.allSettled(writes);
    },
  };
}

function uploadTooSlow(): LarderError {
  return new LarderError(
    'LARDER_SERVER_UPLOAD_STALLED',
    `The artifact took longer to arrive than the ${MAX_UPLOAD_MS} ms that an upload may take.`,
    { hint: 'Check the network between client and server, then send the artifact again.' },
  );
}

function digestWrong(): LarderError {
  return new LarderError(
    'LARDER_SERVER_UPLOAD_TAG_WRONG',
    'The body is not the one whose digest the header x-artifact-tag carries.',
    { hint: 'Send the artifact again, and check what is between client and server.' },
  );
}
