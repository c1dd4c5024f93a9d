import type { Readable } from 'node:stream';

/** What is to be known of a blob besides its bytes: a JSON object that the store does not look into. */
export type BlobDescription = Readonly<Record<string, unknown>>;

/** What is known of a blob once all of it is safely stored. */
export interface WrittenBlob {
  sizeBytes: number;
  /** Of the bytes, lower-case hex; computed by the store. */
  sha256: string;
  /** What it takes up in the storage, with everything that the store added to the bytes. */
  storedBytes: number;
}

/** What is on record of a blob, so that the blob need not be asked. */
export type ExpectedBlob = Pick<WrittenBlob, 'sizeBytes' | 'storedBytes'>;

/** A blob as it describes itself. */
export interface DescribedBlob extends WrittenBlob {
  description: BlobDescription;
}

/** A blob that is being read. Whoever gets it must consume or destroy the stream. */
export interface OpenBlob {
  sizeBytes: number;
  /** Ends only after exactly `sizeBytes` bytes; fails otherwise. */
  stream: Readable;
}

/**
 * Keeps bytes under names that this server makes up ({@link BLOB_NAME_PATTERN}); no name is ever
 * written twice. Each blob carries a description, so that the index can be made again from the blobs
 * alone. Every function fails with `LARDER_SERVER_STORAGE_FAILED` when the storage does.
 */
export interface BlobStore {
  /**
   * Whether a blob that is not found is certainly gone. Where it is not, the part of the storage that
   * has it may be down.
   */
  readonly isLossCertain: boolean;
  /**
   * Stores all of `source` and its description under a new name, or nothing at all. A reader never
   * sees a part of it. On failure the source is left where it is, not destroyed.
   *
   * @throws LarderError `LARDER_SERVER_UPLOAD_LENGTH_WRONG` when the source is shorter or longer
   * than `sizeBytes`; whatever the source throws; the reason of the signal.
   */
  write(
    name: string,
    source: AsyncIterable<Uint8Array>,
    options: {
      sizeBytes: number;
      /** At most {@link MAX_DESCRIPTION_BYTES} as JSON. */
      description: BlobDescription;
      signal?: AbortSignal | undefined;
    },
  ): Promise<WrittenBlob>;
  /**
   * Opens a blob; null when there is none of this name. One that takes up as much as expected is
   * taken to be what was written, without a look at what it says of itself.
   */
  read(
    name: string,
    options?: { expected?: ExpectedBlob; signal?: AbortSignal | undefined },
  ): Promise<OpenBlob | null>;
  /**
   * All bytes of a blob of at most {@link MAX_SMALL_BLOB_BYTES} at once, which is cheaper than a
   * stream. Null when there is none, or one that does not take up as much as expected.
   */
  readSmall(name: string, expected: ExpectedBlob): Promise<Buffer | null>;
  /**
   * Null when there is no blob of this name. Expectations are as for `read`, but where a look is a
   * request over the network, what is expected is taken to be there, unseen.
   */
  stat(name: string, expected?: ExpectedBlob): Promise<{ sizeBytes: number } | null>;
  /**
   * What a blob says of itself, without reading its bytes, which may have changed since. Null when
   * there is no blob of this name, or one that does not say anything: it was written before blobs
   * described themselves, or its description is damaged.
   */
  describe(name: string): Promise<DescribedBlob | null>;
  /** Removes a blob; none of this name is fine. */
  remove(name: string): Promise<void>;
  /**
   * Takes a blob out of service for good but keeps its bytes for somebody to look at: to every other
   * function it is as if it had been removed. None of this name is fine.
   */
  quarantine(name: string): Promise<void>;
  /** Names of all blobs that start with this prefix of at least two hex digits, in no order. */
  list(
    prefix: string,
    /** Milliseconds since 1970: leave out what was written later, as the storage's clock has it. */
    options?: { writtenBeforeMs?: number },
  ): Promise<string[]>;
  /** Whether there is no blob at all. Cheap at any size. */
  isEmpty(): Promise<boolean>;
  /**
   * Makes an address that gives whoever has it the bytes of a blob for some minutes, without this server
   * in between; whether there is a blob of this name is not looked at. Null where the storage gives none.
   */
  readonly link: ((name: string) => Promise<string>) | null;
  /** Fails when blobs cannot be read and written; what is stored is not looked at. */
  check(): Promise<void>;
  /**
   * Removes what interrupted writes left: where the blobs are shared, what is a day old; otherwise all
   * of it, so that nothing must be being written.
   */
  removeLeftovers(): Promise<void>;
}

export const BLOB_NAME_PATTERN = /^[0-9a-f]{32}$/;

/**
 * Names are made up by this server; this is the last line that keeps anything else out of the storage.
 *
 * @throws TypeError when this is no name of a blob.
 */
export function checkedBlobName(name: string): string {
  if (!BLOB_NAME_PATTERN.test(name))
    throw new TypeError(`Not a blob name: ${JSON.stringify(name)}`);
  return name;
}

/** Several times what the limits of the two protocols let a description become. */
export const MAX_DESCRIPTION_BYTES = 64 * 1024;

/** What may be held in memory of each download, as much as a stream does. */
export const MAX_SMALL_BLOB_BYTES = 128 * 1024;

/** Prefixes of so many digits, which all names of blobs have between them: to look at a part at a time. */
export function blobPrefixes(digits: number): readonly string[] {
  return Array.from({ length: 16 ** digits }, (_value, number) =>
    number.toString(16).padStart(digits, '0'),
  );
}

/** For one 256th of all at a time. */
export const BLOB_PREFIXES = blobPrefixes(2);
