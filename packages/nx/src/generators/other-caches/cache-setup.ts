import type { LarderOptions } from '../../options/larder-options.ts';

/** Options of another cache, as they stand in nx.json. */
export type ForeignOptions = Readonly<Record<string, unknown>>;

/**
 * What is known of a way to set up a remote cache that is not Larder's. The facts come from the
 * packages' own documentation and sources, in the versions that docs/migrating.md names.
 */
export interface CacheSetup {
  /** What it is called in what is printed. */
  readonly title: string;
  /** Whether a package, and so a tasks runner, belongs to it. */
  readonly owns: (packageName: string) => boolean;
  /** Where its options stand: among those of the tasks runner, or under keys of nx.json. */
  readonly place: 'runner' | 'keys';
  /** The keys of nx.json that are its own. */
  readonly keys: readonly string[];
  /** Its options among those of the tasks runner. */
  readonly runnerOptions: readonly string[];
  /** Those of them that tell it from the others when nothing else does. */
  readonly tellingOptions: readonly string[];
  /** Options that hold secrets, or can. */
  readonly secretOptions: readonly string[];
  /** Options that name where it keeps its artifacts, none of them secret. */
  readonly storageOptions: readonly string[];
  /** What Larder has a like for. */
  readonly takeOver: (options: ForeignOptions) => LarderOptions;
  /** What is left to do by hand, whatever is found. */
  readonly byHand: readonly string[];
}
