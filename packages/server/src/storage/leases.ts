/**
 * What the servers of one database agree on: which of them does what only one has to do. A lease ends by
 * itself, so that one whose holder is gone is not in the way for long; the clock is the database's. Every
 * function fails with `LARDER_SERVER_STORAGE_FAILED` when the storage does.
 */
export interface Leases {
  /**
   * True when this server has the lease from now on, for `durationMs`; one that it has already begins
   * anew. False when another one has it.
   */
  acquire(name: string, durationMs: number): Promise<boolean>;
  /** Gives a lease back before its time; one that is not this server's is left alone. */
  release(name: string): Promise<void>;
}

/** For a database that one server has for itself. */
export const UNDISPUTED_LEASES: Leases = {
  acquire: () => Promise.resolve(true),
  release: () => Promise.resolve(),
};
