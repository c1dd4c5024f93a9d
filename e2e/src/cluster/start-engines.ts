import { randomBytes } from 'node:crypto';

import { type CleanupStack } from '../processes/cleanup-stack.ts';
import { type PostgresServer, startPostgresServer } from './postgres-server.ts';
import { startSwiftCluster, type SwiftCluster } from './swift-cluster.ts';

/** What a cluster of servers stands on: a replicated object storage and a database. */
export interface Engines {
  readonly swift: SwiftCluster;
  readonly postgres: PostgresServer;
  /** Makes a bucket and a database for one cluster, and says how a server is told of them. */
  readonly freshStorage: () => Promise<Record<string, string>>;
}
