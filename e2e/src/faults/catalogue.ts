import { agentFaults } from './agent-faults.ts';
import { configurationFaults } from './configuration-faults.ts';
import { diskFaults } from './disk-faults.ts';
import { type Fault } from './fault.ts';
import { interruption } from './interruption.ts';
import { serverFaults } from './server-faults.ts';
import { transferFaults } from './transfer-faults.ts';

/** The rows of the fault table. */
export const faults: readonly Fault[] = [
  ...serverFaults,
  ...transferFaults,
  ...agentFaults,
  ...diskFaults,
  ...configurationFaults,
  interruption,
];
