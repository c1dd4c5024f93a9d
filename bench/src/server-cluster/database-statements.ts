import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { type Cost, costOfEach } from '../processes/cost.ts';
import { type WatchedServer } from '../processes/measured-server.ts';

/** The two statements that requests wait for, as a server of Larder makes them. */
export interface DatabaseStatements {
  /** Makes so many one after the other; what one of them took the database. */
  select(count: number): Promise<Cost>;
  insert(count: number): Promise<Cost>;
  /** What a row takes with its part of all indexes. */
  rowBytes(): Promise<number>;
  close(): Promise<void>;
}

interface Row extends Record<string, unknown> {
  readonly team: string;
  readonly scope: string;
  readonly api: string;
  readonly hash: string;
}

/** @param url - Of a database in which a server has put an artifact into its index. */
export async function openStatements(
  url: string,
  database: WatchedServer,
): Promise<DatabaseStatements> {
  const client = new Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<Row>('select * from artifact limit 1');
  const [row] = rows;
  if (row === undefined) throw new Error('The index has no artifact.');
  // As it does by itself a minute after the first rows: until then it reads all of the team's rows for a
  // `select`, for want of statistics that tell its indexes apart.
  await client.query('analyze artifact');
  const columns = Object.keys(row);
  const places = columns.map((_column, number) => `$${number + 1}`);
  const insert = `insert into artifact (${columns.join(', ')}) values (${places.join(', ')})`;
  const select = 'select * from artifact where team = $1 and scope = $2 and api = $3 and hash = $4';

  async function repeat(count: number, ask: () => Promise<unknown>): Promise<Cost> {
    const cost = await database.during(async () => {
      for (let done = 0; done < count; done += 1) await ask();
    });
    return costOfEach(cost, count);
  }

  return {
    select: (count) =>
      repeat(count, () => client.query(select, [row.team, row.scope, row.api, row.hash])),

    insert: (count) =>
      repeat(count, () => {
        const other: Row = { ...row, hash: randomUUID(), blob: randomUUID().replaceAll('-', '') };
        return client.query(
          insert,
          columns.map((column) => other[column]),
        );
      }),

    async rowBytes() {
      const size = "pg_total_relation_size('artifact')::double precision / count(*)";
      const answer = await client.query<{ bytes: number }>(`select ${size} as bytes from artifact`);
      return answer.rows[0]?.bytes ?? NaN;
    },

    close: () => client.end(),
  };
}
