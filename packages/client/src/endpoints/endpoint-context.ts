import { type ClientEnvironment } from '../client-options.ts';
import { type Operations } from '../operations.ts';
import { type Transport } from '../transport/transport.ts';

/** What every endpoint works with. */
export interface EndpointContext {
  transport: Transport;
  operations: Operations;
  teamId: string | undefined;
  signatureKey: string | undefined;
  environment: Required<ClientEnvironment>;
  /** How many requests at a time are of use. */
  maxConnections: number;
  temporaryDirectory: string;
}
