/** The protocol that an artifact came by: bodies of one are never served by the other. */
export type ArtifactApi = 'artifacts' | 'nx';

/** Whom an artifact may be served to. Only one scope exists: everybody with a token of the team. */
export type ArtifactScope = 'trusted';

/** What a team has in one scope, whichever protocol it came by. */
export interface TeamScope {
  team: string;
  scope: ArtifactScope;
}

/** Where artifacts live: one hash names at most one artifact in a space. */
export interface ArtifactSpace extends TeamScope {
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

export interface ArtifactRecord extends ArtifactMetadata {
  /** Name of the blob that holds the bytes. */
  blob: string;
  sizeBytes: number;
  /** Of the bytes, lower-case hex. */
  sha256: string;
  /** Label of the token that wrote it. */
  writer: string;
  /** Milliseconds since 1970. */
  createdAtMs: number;
  /** Milliseconds since 1970; may lag behind. */
  accessedAtMs: number;
}

/**
 * Knows which artifacts exist. The record is what makes an artifact exist: it is written after the
 * blob and removed before it. Every function fails with `LARDER_SERVER_STORAGE_FAILED` when the
 * storage does.
 */
export interface ArtifactIndex {
  /** Adds a record; false, and nothing is changed, when the key is taken: the first write wins. */
  write(key: ArtifactKey, record: ArtifactRecord): Promise<boolean>;
  read(key: ArtifactKey): Promise<ArtifactRecord | null>;
  /** Records of one space by hash; absent ones are left out. */
  readMany(space: ArtifactSpace, hashes: readonly string[]): Promise<Map<string, ArtifactRecord>>;
  /** Notes that an artifact was used. */
  touch(key: ArtifactKey, accessedAtMs: number): Promise<void>;
  /** Removes a record, but only while it names this blob. */
  remove(key: ArtifactKey, blob: string): Promise<void>;
  /**
   * Removes at most `limit` records of a team, in no order.
   *
   * @returns the names of the blobs that they named.
   */
  removeSome(owner: TeamScope, limit: number): Promise<string[]>;
  /** Keys by blob name, for all blobs whose names start with this prefix. */
  listBlobs(prefix: string): Promise<Map<string, ArtifactKey>>;
  close(): Promise<void>;
}
