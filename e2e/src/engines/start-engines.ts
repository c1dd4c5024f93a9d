import { randomBytes } from 'node:crypto';
import { S3 } from '@aws-sdk/client-s3';
import { Client } from 'pg';

import { ensureDebianPackages } from '../debian/ensure-debian-packages.ts';
import { type CleanupStack } from '../processes/cleanup-stack.ts';
import { type PostgresServer, startPostgresServer } from './postgres-server.ts';
import { startSwiftCluster, type SwiftCluster } from './swift-cluster.ts';

/** What a cluster of servers stands on: a replicated store of objects and a database. With nginx, for the suites. */
export interface Engines {
  readonly swift: SwiftCluster;
  readonly postgres: PostgresServer;
  /** What names both to the suites that make buckets and databases themselves. */
  readonly suiteVariables: Readonly<Record<string, string>>;
  /** Makes a bucket and a database, and says how a server is told of them. */
  readonly freshStorage: () => Promise<Record<string, string>>;
}

export async function startEngines({
  env,
  cleanup,
  onProgress = () => undefined,
}: {
  readonly env: Readonly<Record<string, string>>;
  readonly cleanup: CleanupStack;
  readonly onProgress?: (text: string) => void;
}): Promise<Engines> {
  await ensureDebianPackages(['nginx-light'], {
    files: ['/usr/sbin/nginx'],
    env,
    otherwise: 'install nginx',
  });
  onProgress('Starting PostgreSQL');
  const postgres = await startPostgresServer(env);
  cleanup.add(postgres.remove);
  onProgress('Starting OpenStack Swift');
  const swift = await startSwiftCluster(env);
  cleanup.add(() => swift.stop());
  return {
    swift,
    postgres,
    suiteVariables: { ...swift.variables, LARDER_TEST_DATABASE_URL: postgres.url },
    async freshStorage() {
      const name = `larder-${randomBytes(6).toString('hex')}`;
      await createBucket(swift, name);
      return {
        ...swift.variables,
        LARDER_SERVER_S3: JSON.stringify({ bucket: name, endpoint: swift.endpoint }),
        LARDER_SERVER_DATABASE_URL: await createDatabase(postgres, name),
      };
    },
  };
}

async function createBucket({ endpoint, variables }: SwiftCluster, name: string): Promise<void> {
  const client = new S3({
    endpoint,
    forcePathStyle: true,
    region: variables.AWS_REGION ?? '',
    credentials: {
      accessKeyId: variables.AWS_ACCESS_KEY_ID ?? '',
      secretAccessKey: variables.AWS_SECRET_ACCESS_KEY ?? '',
    },
  });
  try {
    await client.createBucket({ Bucket: name });
  } finally {
    client.destroy();
  }
}

/** The URL of the new database. */
async function createDatabase({ url: serverUrl }: PostgresServer, name: string): Promise<string> {
  const client = new Client({ connectionString: serverUrl });
  await client.connect();
  try {
    await client.query(`create database "${name}"`);
  } finally {
    await client.end();
  }
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}
