import type Database from 'libsql';

/** A statement that is prepared once, when it is needed first, and used again and again. */
export interface Statement<Row> {
  /** The first row; undefined when there is none. */
  get(...parameters: readonly SqlValue[]): Row | undefined;
  all(...parameters: readonly SqlValue[]): Row[];
  /** How many rows it has changed. */
  run(...parameters: readonly SqlValue[]): number;
}

export type SqlValue = string | number | null;

export function createStatement<Row>(connection: Database.Database, sql: string): Statement<Row> {
  let prepared: Database.Statement | undefined;
  const statement = () => (prepared ??= connection.prepare(sql));
  return {
    get: (...parameters) => statement().get(parameters) as Row | undefined,
    all: (...parameters) => statement().all(parameters) as Row[],
    run: (...parameters) => statement().run(parameters).changes,
  };
}
