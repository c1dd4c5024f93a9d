import type { ArtifactScope } from '../trust/artifact-scope.ts';

/** The protocol that an artifact came by: bodies of one are never served by the other. */
export type ArtifactApi = 'artifacts' | 'nx';

/** Where artifacts live: one hash names at most one artifact in a space. */
export interface ArtifactSpace {
  team: string;
  scope: ArtifactScope;
  api: ArtifactApi;
}

export interface ArtifactKey extends ArtifactSpace {
  hash: string;
}

/** What clients say of an artifact; null when they said nothing. */
export interface ArtifactMetadata {
  /** How long the task ran. */
  durationMs: number | null;
  tag: string | null;
  /** Git commit. */
  sha: string | null;
  /** Hash of uncommitted changes. */
  dirtyHash: string | null;
  /** CI vendor. */
  clientCi: string | null;
  isClientInteractive: boolean | null;
}

/** Who wrote an artifact, so that it can be traced, and removed with all others of that origin. */
export interface ArtifactProvenance {
  /** Label of the token. */
  writer: string;
  tokenId: string;
  /** As the identity of a CI job named it; null for other writers. */
  repository: string | null;
  /** Git ref, likewise. */
  ref: string | null;
  /** The CI's number of the run, likewise. */
  run: string | null;
  /** Network address of the client. */
  address: string | null;
}

export interface ArtifactRecord extends ArtifactMetadata, ArtifactProvenance {
  /** Name of the blob that holds the bytes. */
  blob: string;
  sizeBytes: number;
  /** Of the bytes, lower-case hex. */
  sha256: string;
  /** What the blob takes up, with its description. */
  storedBytes: number;
  /** Milliseconds since 1970. */
  createdAtMs: number;
  /** Milliseconds since 1970; may lag behind. */
  accessedAtMs: number;
  /** How often it was downloaded; may lag behind. */
  hits: number;
}

/** That an artifact was used. */
export interface ArtifactAccess {
  /** Milliseconds since 1970. */
  accessedAtMs: number;
  /** Downloads since the last time that it was noted. */
  hits: number;
}

/** What the first artifacts of a list have most of; `recent`: those that were stored last. */
export type ArtifactOrder = 'size' | 'hits' | 'saved' | 'recent';

/** An artifact that is no more. */
export interface RemovedArtifact {
  blob: string;
  team: string;
  storedBytes: number;
}

/** What a team has stored. */
export interface StoredAmount {
  artifacts: number;
  storedBytes: number;
}

/** One line of the index. */
export interface ArtifactEntry {
  key: ArtifactKey;
  record: ArtifactRecord;
}

/** An artifact that may have to go. */
export interface EvictionCandidate {
  blob: string;
  team: string;
  storedBytes: number;
  /** Milliseconds since 1970. */
  accessedAtMs: number;
}

/** Which artifacts are meant: those that meet every condition. Without any it means all of them. */
export interface ArtifactFilter {
  team?: string | undefined;
  scope?: ArtifactScope | undefined;
  api?: ArtifactApi | undefined;
  hash?: string | undefined;
  writer?: string | undefined;
  tokenId?: string | undefined;
  repository?: string | undefined;
  ref?: string | undefined;
  run?: string | undefined;
  /** Milliseconds since 1970, exclusive. */
  createdBeforeMs?: number | undefined;
  /** Milliseconds since 1970, inclusive. */
  createdSinceMs?: number | undefined;
}

/**
 * Knows which artifacts exist. The record is what makes an artifact exist: it is written after the
 * blob and removed before it. Every function fails with `LARDER_SERVER_STORAGE_FAILED` when the
 * storage does.
 */
export interface ArtifactIndex {
  /**
   * Whether a write that has failed has certainly not added the record. Where it is not, the answer may
   * be what was lost.
   */
  readonly failsWhole: boolean;
  /** Adds a record; false, and nothing is changed, when the key is taken: the first write wins. */
  write(key: ArtifactKey, record: ArtifactRecord): Promise<boolean>;
  read(key: ArtifactKey): Promise<ArtifactRecord | null>;
  /** Records of one space by hash; absent ones are left out. */
  readMany(space: ArtifactSpace, hashes: readonly string[]): Promise<Map<string, ArtifactRecord>>;
  /**
   * Notes when artifacts were used, and how often, by the names of their blobs. Servers tell of it in any
   * order: the latest use counts.
   */
  touch(accesses: ReadonlyMap<string, ArtifactAccess>): Promise<void>;
  /** Removes a record, but only while it names this blob. */
  remove(key: ArtifactKey, blob: string): Promise<void>;
  /**
   * Removes at most `limit` records, in no order.
   *
   * @returns what they were of.
   */
  removeSome(filter: ArtifactFilter, limit: number): Promise<RemovedArtifact[]>;
  /** At most `limit` artifacts whose blob's name is behind `afterBlob`, in the order of those names. */
  listSome(
    filter: ArtifactFilter,
    page: { limit: number; afterBlob: string },
  ): Promise<ArtifactEntry[]>;
  /**
   * At most `limit` artifacts of a team's scope, over both APIs, those first that have most of what
   * `order` names; those that have none of it are left out. Cheap at any size.
   */
  listTop(
    place: Pick<ArtifactSpace, 'team' | 'scope'>,
    list: { order: ArtifactOrder; limit: number },
  ): Promise<ArtifactEntry[]>;
  /** What is stored, by team; teams that have nothing are left out. Cheap at any size. */
  usage(): Promise<Map<string, StoredAmount>>;
  /** At most `limit` artifacts, of all teams or one, the one that was not used for longest first. */
  listLeastRecentlyUsed(query: {
    team?: string | undefined;
    /** Milliseconds since 1970, exclusive. */
    usedBeforeMs?: number | undefined;
    limit: number;
  }): Promise<EvictionCandidate[]>;
  /**
   * Removes the records of these blobs.
   *
   * @returns the names of those that there were records of.
   */
  removeBlobs(blobs: readonly string[]): Promise<string[]>;
  /** Keys by blob name, for all blobs whose names start with this prefix. */
  listBlobs(prefix: string): Promise<Map<string, ArtifactKey>>;
}
