import type { HashInputs } from '../../agent/protocol/finished-command.ts';

/** What Nx says the hash of a task would be if it ran now. */
export type HashAnswer = HashedNow | NotHashed;

export interface HashedNow {
  readonly state: 'hashed';
  readonly taskHash: string;
  /** What the hash is made of, as in the record of a command. */
  readonly inputs: HashInputs;
  /**
   * Whether Nx makes this hash only when the tasks before it are done: then it is made with their
   * outputs as they are now.
   */
  readonly isHashedLate: boolean;
}

export interface NotHashed {
  readonly state: 'unknown';
  /** Why, for people: one line without a final dot. */
  readonly reason: string;
}
