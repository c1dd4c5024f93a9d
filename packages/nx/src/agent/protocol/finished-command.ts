/** What a door tells at the end of a command, for the record of the run. */
export interface FinishedCommand {
  readonly door: 'runner' | 'hooks';
  /** Major and minor, such as `22.7`. */
  readonly nxVersion: string;
  readonly tasks: readonly FinishedTask[];
  readonly inputs: HashInputs;
}

/** A task that Nx has hashed. */
export interface FinishedTask {
  /** `project:target` or `project:target:configuration`. */
  readonly id: string;
  readonly hash: string;
  /** How it ended in Nx's own word; null where the door does not know. */
  readonly status: string | null;
  /** Null where the door does not know. */
  readonly isCacheable: boolean | null;
}

/**
 * What went into the hashes of tasks: by task hash the places of its inputs in the table. Tasks share
 * most of their inputs, so that each is there once, with the hash that Nx has made of it.
 */
export interface HashInputs {
  readonly table: readonly HashInput[];
  readonly byTask: Readonly<Record<string, readonly number[]>>;
}

/** Name and hash of an input, both as Nx gives them. */
export type HashInput = readonly [name: string, hash: string];
