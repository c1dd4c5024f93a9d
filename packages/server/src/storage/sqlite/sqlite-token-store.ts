import type { TokenStore } from '../../tokens/token-store.ts';
import { createTokenQueries } from '../sql/token-queries.ts';
import { toToken, type TokenRow } from '../sql/token-row.ts';
import { reportingFailure } from '../storage-failed.ts';
import type { OpenDatabase } from './open-database.ts';
import { createStatement } from './statement.ts';

/** A {@link TokenStore} over a database, which stays its owner's to close. */
export function createSqliteTokenStore(open: OpenDatabase): TokenStore {
  const selectByDigest = createStatement<TokenRow>(
    open.connection,
    'select * from token where sha256 = ?',
  );
  return {
    ...createTokenQueries(open),

    findByDigest: (sha256) =>
      reportingFailure('Looking for a token', () => {
        const row = selectByDigest.get(sha256);
        return row === undefined ? null : toToken(row);
      }),
  };
}
