import { type Readable, type Writable } from 'node:stream';
import { type LarderError } from './errors/larder-error.ts';

/** The content of an artifact that is to be sent: a stream of known length that can be read again. */
export interface ArtifactBody {
  /** The exact number of bytes that each stream yields. */
  readonly sizeBytes: number;
  /** Opens the content from its first byte; called once for each attempt and once for the tag. */
  open(): Readable;
  /** A file that holds the same content. It is read instead, for half the cost of a stream. */
  readonly file?: string;
}

/** Options of every call of the client. */
export interface RequestOptions {
  /** Gives up: the call then fails with `LARDER_REQUEST_ABORTED`. */
  signal?: AbortSignal;
  /** How often a failed attempt is repeated; 0 means one attempt. Default: 4 for `put`, otherwise 2. */
  retries?: number;
}

/** Options of `put`. */
export interface PutOptions extends RequestOptions {
  /** How long the task ran, in milliseconds; rounded. */
  durationMs?: number;
  /** Git commit of HEAD. */
  sha?: string;
  /** Hash of the uncommitted changes. */
  dirtyHash?: string;
  /**
   * A ready-made tag, at most 600 characters. Saves reading the body once more; see
   * `createArtifactTagger`.
   */
  tag?: string;
}

/** Options of `getToFile`. */
export interface GetToFileOptions extends RequestOptions {
  /** Called when the head of a hit has arrived and before its content has; again for each attempt. */
  onMetadata?: (metadata: ArtifactMetadata) => void;
}

/** Options of `query`. */
export interface QueryOptions extends RequestOptions {
  /**
   * Whether what the server does not say, or cannot, in one answer about many is asked for with
   * `head`. Otherwise it is not in the result. Default: true.
   */
  fallback?: boolean;
}

/** What the server tells about an artifact besides its content. */
export interface ArtifactMetadata {
  /** null when the server does not announce it. */
  sizeBytes: number | null;
  /** How long the task ran when the artifact was made; 0 when unknown. */
  durationMs: number;
  tag: string | null;
  sha: string | null;
  dirtyHash: string | null;
}

/** A hit. */
export interface Artifact {
  metadata: ArtifactMetadata;
  /**
   * The content, of which length and tag are verified already. It comes from a temporary file, which
   * is there until the stream is read to its end or destroyed.
   */
  body: Readable;
}

/** Whether remote caching is available to the team. */
export type CachingStatus = 'enabled' | 'disabled' | 'over_limit' | 'paused';

/**
 * What is known of one of many artifacts: its metadata, null when the server does not have it, or why
 * nothing is known.
 */
export type QueryResult = ArtifactMetadata | null | LarderError;

/** That an artifact was asked for. */
export interface ArtifactEvent {
  /** Which cache was asked. */
  source: 'LOCAL' | 'REMOTE';
  event: 'HIT' | 'MISS';
  hash: string;
  /** How long the task ran when the artifact was made, which a hit has saved; rounded. */
  durationMs?: number;
}

/**
 * Client of the artifacts API. Every failure is a `LarderError` with a `ClientErrorCode`; that an
 * artifact does not exist is not a failure but null.
 *
 * What the server says about access is remembered as long as the client lives: after a 401 or
 * `remote_caching_*` every call, and after a 403 `forbidden` on an upload every `put`, fails at
 * once with the same code.
 */
export interface ArtifactsClient {
  /**
   * Uploads an artifact. Resolves when the server has accepted it, or says by a 409 that it has one
   * of this hash already.
   */
  put(hash: string, body: ArtifactBody, options?: PutOptions): Promise<void>;
  /**
   * Gets an artifact; null when the server does not have it. Resolves when all of it has arrived and
   * is right: in memory what is small, in the folder `temporaryDirectory` the rest.
   */
  get(hash: string, options?: RequestOptions): Promise<Artifact | null>;
  /**
   * Downloads an artifact into a file; null when the server does not have it. The file appears,
   * replacing one of the same name, only when all of it has arrived and length and tag are right.
   * Its folder must exist.
   */
  getToFile(
    hash: string,
    file: string,
    options?: GetToFileOptions,
  ): Promise<ArtifactMetadata | null>;
  /**
   * Downloads an artifact into a stream while it arrives; null when the server does not have it.
   * `open` makes the stream when the head of a hit has arrived, for each attempt anew.
   *
   * What is written to it is not verified yet. It is ended only when all has arrived and length and
   * tag are right, and destroyed otherwise: whoever made it throws away what it has got then. The
   * call resolves when it has finished; its errors are those of the call, as they are.
   */
  getInto(
    hash: string,
    open: (metadata: ArtifactMetadata) => Writable,
    options?: RequestOptions,
  ): Promise<ArtifactMetadata | null>;
  /** Asks for an artifact's metadata; null when the server does not have it. */
  head(hash: string, options?: RequestOptions): Promise<ArtifactMetadata | null>;
  /**
   * Asks for the metadata of any number of artifacts. The result has an entry for each hash, in their
   * order. What the server does not say here, because it does not know this endpoint or that hash, it
   * is asked for with `head`; a failure of that is the entry of its hash. `retries` count for each
   * request. Without `fallback` there is an entry only for what the server has said.
   */
  query(hashes: Iterable<string>, options?: QueryOptions): Promise<Map<string, QueryResult>>;
  /** Asks whether remote caching is available to the team. */
  status(options?: RequestOptions): Promise<CachingStatus>;
  /**
   * Tells the server what was asked for, for its statistics, in one request; see
   * `createEventRecorder`. Failures neither open the breaker nor keep other calls from being made.
   *
   * @param sessionId a UUID, the same for all that belongs together
   */
  recordEvents(
    sessionId: string,
    events: readonly ArtifactEvent[],
    options?: RequestOptions,
  ): Promise<void>;
  /**
   * Deletes all artifacts of the team, or of the account when none is configured, and tells how many.
   * When an attempt is repeated, only what the last one has deleted is counted.
   */
  deleteAll(options?: RequestOptions): Promise<number>;
  /**
   * Aborts what is under way (it fails with `LARDER_CLIENT_CLOSED`) and resolves when no socket,
   * timer or temporary file is left. May be called again.
   */
  close(): Promise<void>;
}
