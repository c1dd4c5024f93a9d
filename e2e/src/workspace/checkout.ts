import { type Machine } from '../machines/create-machine.ts';

/** A checkout of some repository on a machine, with everything installed. */
export interface Checkout {
  readonly machine: Machine;
  readonly folder: string;
  /** What its builds make, relative to the folder. */
  readonly outputs: readonly string[];
}
