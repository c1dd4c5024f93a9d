/**
 * What an archive may hold. Packing and unpacking obey the same limits, so that whatever is stored
 * can be restored, and a hostile archive fills neither disk nor memory.
 */
export interface ArchiveLimits {
  /** Bytes of the archive before compression: contents, headers and padding. */
  readonly maxTarBytes: number;
  /** Files, folders and links together. */
  readonly maxEntries: number;
  /** UTF-8 bytes of one entry's path. */
  readonly maxPathBytes: number;
  /** Segments of one entry's path. */
  readonly maxDepth: number;
  /** Bytes of the texts that are in memory instead of in files, together. */
  readonly maxTextBytes: number;
}

export const defaultArchiveLimits: ArchiveLimits = {
  maxTarBytes: 16 * 1024 ** 3,
  maxEntries: 1_000_000,
  maxPathBytes: 4096,
  maxDepth: 256,
  maxTextBytes: 256 * 1024 ** 2,
};
