// Uploads that end at the same time are added by one statement: each has to be on disk before it is
// answered, and the disk takes as long for sixteen as for one.
import { setImmediate as yieldTurn } from 'node:timers/promises';
import type Database from 'libsql';
import { ARTIFACT_COLUMNS, type ArtifactRow } from '../sql/artifact-row.ts';
import { createStatement, type SqlValue, type Statement } from './statement.ts';

/** 368 parameters; SQLite takes 32,766, but a long statement blocks the event loop. */
const ROWS_PER_STATEMENT = 16;

/** Adds a row; false when its key is taken. */
export type ArtifactInserter = (row: ArtifactRow) => Promise<boolean>;

interface Waiting {
  row: ArtifactRow;
  resolve: (isAdded: boolean) => void;
  reject: (error: unknown) => void;
}

export function createArtifactInserter(connection: Database.Database): ArtifactInserter {
  const statements = new Map<number, Statement<Pick<ArtifactRow, 'blob'>>>();
  let waiting: Waiting[] = [];

  function statementFor(rows: number): Statement<Pick<ArtifactRow, 'blob'>> {
    const known = statements.get(rows);
    if (known !== undefined) return known;
    const values = `(${ARTIFACT_COLUMNS.map(() => '?').join(', ')})`;
    const statement = createStatement<Pick<ArtifactRow, 'blob'>>(
      connection,
      `insert into artifact (${ARTIFACT_COLUMNS.join(', ')})
        values ${Array.from({ length: rows }, () => values).join(', ')}
        on conflict (team, scope, api, hash) do nothing returning blob`,
    );
    statements.set(rows, statement);
    return statement;
  }

  function insert(some: readonly Waiting[]): void {
    const values = some.flatMap(({ row }): SqlValue[] => ARTIFACT_COLUMNS.map((column) => row[column]));
    try {
      const added = new Set(
        statementFor(some.length)
          .all(...values)
          .map(({ blob }) => blob),
      );
      for (const { row, resolve } of some) resolve(added.has(row.blob));
    } catch (error) {
      if (some.length === 1) some[0]?.reject(error);
      // What one row is refused for is nothing that the others have to suffer for.
      else for (const one of some) insert([one]);
    }
  }

  async function insertAll(): Promise<void> {
    await yieldTurn();
    const all = waiting;
    waiting = [];
    for (let start = 0; start < all.length; start += ROWS_PER_STATEMENT) {
      insert(all.slice(start, start + ROWS_PER_STATEMENT));
    }
  }

  return (row) =>
    new Promise((resolve, reject) => {
      waiting.push({ row, resolve, reject });
      if (waiting.length === 1) void insertAll();
    });
}
