import type { Readable } from 'node:stream';

/** What is known of a blob once all of it is safely stored. */
export interface WrittenBlob {
  sizeBytes: number;
  /** Lower-case hex. */
  sha256: string;
}

/** A blob that is being read. Whoever gets it must consume or destroy the stream. */
export interface OpenBlob {
  sizeBytes: number;
  /** Ends only after exactly `sizeBytes` bytes; fails otherwise. */
  stream: Readable;
}

/**
 * Keeps bytes under names that this server makes up ({@link BLOB_NAME_PATTERN}); no name is ever
 * written twice. Every function fails with `LARDER_SERVER_STORAGE_FAILED` when the storage does.
 */
export interface BlobStore {
  /**
   * Stores all of `source` under a new name, or nothing at all. A reader never sees a part of it.
   * On failure the source is left where it is, not destroyed.
   *
   * @throws LarderError `LARDER_SERVER_UPLOAD_LENGTH_WRONG` when the source is shorter or longer
   * than `sizeBytes`; whatever the source throws; the reason of the signal.
   */
  write(
    name: string,
    source: AsyncIterable<Uint8Array>,
    options: { sizeBytes: number; signal?: AbortSignal | undefined },
  ): Promise<WrittenBlob>;
  /** Opens a blob; null when there is none of this name. */
  read(name: string, options?: { signal?: AbortSignal | undefined }): Promise<OpenBlob | null>;
  /** Null when there is no blob of this name. */
  stat(name: string): Promise<{ sizeBytes: number } | null>;
  /** Removes a blob; none of this name is fine. */
  remove(name: string): Promise<void>;
  /** Names of all blobs that start with this prefix of at least two hex digits, in no order. */
  list(prefix: string): Promise<string[]>;
  /** Removes what interrupted writes left. Only to be called while nothing is being written. */
  removeLeftovers(): Promise<void>;
}

export const BLOB_NAME_PATTERN = /^[0-9a-f]{32}$/;
