import type { Kysely, SelectQueryBuilder } from 'kysely';
import type { DatabaseSchema } from './database-schema.ts';

/** Does a piece of work; whatever it throws becomes `LARDER_SERVER_STORAGE_FAILED`. */
export type Performer = <T>(what: string, work: () => T | Promise<T>) => Promise<T>;

/** A database, and in what its dialect is different from others. */
export interface SqlDatabase {
  database: Kysely<DatabaseSchema>;
  /** For work that changes nothing. */
  reading: Performer;
  /** For work that changes something. */
  writing: Performer;
  /**
   * Has a query lock the rows that it finds, in the order of a column: those who change the same rows at
   * the same time wait for each other, and never both.
   */
  locking<Table extends keyof DatabaseSchema, Row>(
    query: SelectQueryBuilder<DatabaseSchema, Table, Row>,
    column: keyof DatabaseSchema[Table] & string,
  ): SelectQueryBuilder<DatabaseSchema, Table, Row>;
}
