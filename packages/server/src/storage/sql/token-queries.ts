// What is done with tokens behind the requests, the same in each dialect.
import type { TokenStore } from '../../tokens/token-store.ts';
import type { SqlDatabase } from './sql-database.ts';
import { toRow, toToken } from './token-row.ts';

export function createTokenQueries({
  database,
  reading,
  writing,
  locking,
}: SqlDatabase): Omit<TokenStore, 'findByDigest'> {
  return {
    add: (token) =>
      writing('Adding a token', async () => {
        await database.insertInto('token').values(toRow(token)).execute();
      }),

    list: () =>
      reading('Listing the tokens', async () => {
        const rows = await database
          .selectFrom('token')
          .selectAll()
          .orderBy('created_at_ms')
          .orderBy('id')
          .execute();
        return rows.map(toToken);
      }),

    revoke: (id, revokedAtMs) =>
      writing('Revoking a token', async () => {
        const { numUpdatedRows } = await database
          .updateTable('token')
          .set({ revoked_at_ms: revokedAtMs })
          .where('id', '=', id)
          .where('revoked_at_ms', 'is', null)
          .executeTakeFirstOrThrow();
        return numUpdatedRows > 0n;
      }),

    removeExpired: (beforeMs) =>
      writing('Removing expired tokens', async () => {
        const { numDeletedRows } = await database
          .with('expired', (queries) =>
            locking(
              queries.selectFrom('token').select('id').where('expires_at_ms', '<', beforeMs),
              'id',
            ),
          )
          .deleteFrom('token')
          .where('id', 'in', (queries) => queries.selectFrom('expired').select('expired.id'))
          .executeTakeFirstOrThrow();
        return Number(numDeletedRows);
      }),
  };
}
