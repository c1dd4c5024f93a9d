import { performance } from 'node:perf_hooks';
import { setImmediate as yieldTurn } from 'node:timers/promises';
import type { PostgresPool, PostgresPoolClient } from 'kysely';
import { Pool, types, type PoolClient, type QueryResult, type QueryResultRow } from 'pg';
import { isConnectionLost, isUnanswered, toPlainError } from './connection-errors.ts';
import type { DatabaseAddress } from './database-address.ts';

const APPLICATION_NAME = 'larder-server';

/** For one that is free, and for a new one. */
const CONNECT_TIMEOUT_MS = 2_500;

/** For what requests wait for: connection and answer together. */
const PROMPT_TIMEOUT_MS = 3_000;

/** What is left of that for the answer when connecting took long. */
const LEAST_ANSWER_MS = 1_000;

/** For everything else. The database ends a statement by itself after that. */
export const STATEMENT_TIMEOUT_MS = 10_000;

/** How much later this side gives up, which breaks the connection. */
const GRACE_MS = 1_000;

/** So that the first build after a pause does not open all of them anew. */
const IDLE_TIMEOUT_MS = 600_000;
const KEEP_ALIVE_DELAY_MS = 10_000;

export type SqlParameter = string | number | null | readonly string[] | readonly number[];

/**
 * A bounded number of connections to one database, opened when they are needed and replaced when they
 * break. Statements have no names: poolers that give each transaction another connection do not keep
 * them. Errors are plain, see {@link toPlainError}.
 */
export interface ConnectionPool extends PostgresPool {
  ask<Row extends QueryResultRow>(text: string, values: readonly SqlParameter[]): Promise<Row[]>;
  /** Likewise, for what requests wait for. */
  askPromptly<Row extends QueryResultRow>(
    text: string,
    values: readonly SqlParameter[],
  ): Promise<Row[]>;
}

export interface ConnectionPoolOptions {
  address: DatabaseAddress;
  maxConnections: number;
  /** After which the database ends a statement; null: when it likes. */
  statementTimeoutMs: number | null;
  /** How long answers are waited for. */
  answerTimeoutMs?: number;
  /** Told when a connection broke that nobody used. */
  onTrouble: (message: string, cause: unknown) => void;
}

interface Connection {
  query: <Row extends QueryResultRow>(
    text: string,
    values: readonly unknown[],
    timeoutMs: number,
  ) => Promise<QueryResult<Row>>;
  release: () => void;
}

export function createConnectionPool(options: ConnectionPoolOptions): ConnectionPool {
  const { address, maxConnections, statementTimeoutMs, onTrouble } = options;
  const { answerTimeoutMs = STATEMENT_TIMEOUT_MS + GRACE_MS } = options;
  const pool = new Pool({
    connectionString: address.url,
    max: maxConnections,
    application_name: APPLICATION_NAME,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    idleTimeoutMillis: IDLE_TIMEOUT_MS,
    // A database that does not answer a farewell is not waited for.
    allowExitOnIdle: true,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_DELAY_MS,
    ...(statementTimeoutMs === null ? {} : { statement_timeout: statementTimeoutMs }),
    types: {
      // Numbers of 64 bits are too large for JavaScript in general, but ours are not.
      getTypeParser: (type, format): unknown =>
        type === types.builtins.INT8 ? Number : types.getTypeParser(type, format),
    },
  });
  const plain = (error: unknown) => toPlainError(error, address.secrets);
  pool.on('error', (error) => {
    onTrouble('an idle connection to the database was lost', plain(error));
  });
  pool.on('connect', (client) => {
    // Whoever uses it hears of it by their statement; without a listener the process would end.
    client.on('error', () => undefined);
  });

  async function acquire(): Promise<PoolClient> {
    try {
      return await pool.connect();
    } catch (error) {
      throw plain(error);
    }
  }

  async function connect(): Promise<Connection> {
    const client = await acquire();
    let isBroken = false;
    return {
      async query<Row extends QueryResultRow>(
        text: string,
        values: readonly unknown[],
        timeoutMs: number,
      ) {
        try {
          const query = { text, values: [...values], query_timeout: timeoutMs };
          return await client.query<Row>(query);
        } catch (error) {
          isBroken ||= isConnectionLost(error) || isUnanswered(error);
          // Others that broke at the same time are found out before anybody asks again.
          if (isBroken) await yieldTurn();
          throw plain(error);
        }
      },
      release: () => {
        client.release(isBroken);
      },
    };
  }

  async function askWithin<Row extends QueryResultRow>(
    timeoutMsOf: () => number,
    text: string,
    values: readonly SqlParameter[],
  ): Promise<Row[]> {
    const connection = await connect();
    try {
      return (await connection.query<Row>(text, values, timeoutMsOf())).rows;
    } finally {
      connection.release();
    }
  }

  return {
    ask: (text, values) => askWithin(() => answerTimeoutMs, text, values),

    askPromptly(text, values) {
      const startedAt = performance.now();
      const leftMs = () => PROMPT_TIMEOUT_MS - (performance.now() - startedAt);
      return askWithin(() => Math.max(LEAST_ANSWER_MS, Math.round(leftMs())), text, values);
    },

    async connect(): Promise<PostgresPoolClient> {
      const { query, release } = await connect();
      const ask = (text: string, values: readonly unknown[]) =>
        query(text, values, answerTimeoutMs);
      // Without the overload for cursors, which nobody asks for.
      return { query: ask as unknown as PostgresPoolClient['query'], release };
    },

    end: () => pool.end(),
  };
}
