// A database of its own for each suite, on the server that LARDER_TEST_DATABASE_URL names.
import { randomBytes } from 'node:crypto';
import { Client, type QueryResultRow } from 'pg';
import type { ArtifactKey, ArtifactRecord } from '../artifact-index.ts';
import type { MetadataStore } from '../metadata-store.ts';
import { openPostgresStore } from './postgres-store.ts';

export interface TestDatabase {
  name: string;
  url: string;
  /** Asks it beside all stores, as its superuser. */
  query<Row extends QueryResultRow>(text: string, values?: unknown[]): Promise<Row[]>;
  /** Opens a store in it, which is closed with it at the latest. */
  open(options?: { url?: string; maxConnections?: number }): Promise<MetadataStore>;
  /** What stores have told of trouble. */
  troubles: { message: string; cause: unknown }[];
  /** Closes every store. */
  closeStores(): Promise<void>;
  drop(): Promise<void>;
}

export async function createTestDatabase(): Promise<TestDatabase> {
  const serverUrl = process.env.LARDER_TEST_DATABASE_URL;
  if (serverUrl === undefined) {
    throw new Error('LARDER_TEST_DATABASE_URL has to name a PostgreSQL server and its superuser.');
  }
  const name = `larder_${randomBytes(6).toString('hex')}`;
  await withClient(serverUrl, (client) => client.query(`create database ${name}`));
  const url = new URL(serverUrl);
  url.pathname = name;
  const stores: MetadataStore[] = [];
  const troubles: TestDatabase['troubles'] = [];
  const closeStores = async () => {
    await Promise.all(stores.splice(0).map((store) => store.close()));
  };
  return {
    name,
    url: url.href,
    troubles,
    async query<Row extends QueryResultRow>(text: string, values: unknown[] = []) {
      return withClient(
        url.href,
        async (client) => (await client.query<Row>(text, values)).rows,
      );
    },
    async open(options = {}) {
      const store = await openPostgresStore({
        url: url.href,
        maxConnections: 4,
        onTrouble: (message, cause) => troubles.push({ message, cause }),
        ...options,
      });
      let closing: Promise<void> | undefined;
      const closedOnce = { ...store, close: () => (closing ??= store.close()) };
      stores.push(closedOnce);
      return closedOnce;
    },
    closeStores,
    async drop() {
      await closeStores();
      await withClient(serverUrl, (client) => client.query(`drop database ${name} with (force)`));
    },
  };
}

async function withClient<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url });
  // The tests end connections, and this one may be among them.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** An artifact of a team, told from others by its number. */
export function artifactOf(
  team: string,
  number: number,
  storedBytes = 1,
): { key: ArtifactKey; record: ArtifactRecord } {
  const blob = number.toString(16).padStart(32, '0');
  return {
    key: { team, scope: 'trusted', api: 'artifacts', hash: `h${number}` },
    record: {
      blob,
      sizeBytes: storedBytes,
      storedBytes,
      sha256: '0'.repeat(64),
      durationMs: 1_000,
      tag: null,
      sha: null,
      dirtyHash: null,
      clientCi: null,
      isClientInteractive: null,
      writer: 'ci',
      tokenId: 'b2a1',
      repository: null,
      ref: null,
      run: null,
      address: null,
      createdAtMs: 1_795_000_000_000,
      accessedAtMs: 1_795_000_000_000,
      hits: 0,
    },
  };
}
