import type { TokenStore } from '../../tokens/token-store.ts';
import { createTokenQueries } from '../sql/token-queries.ts';
import { toToken, type TokenRow } from '../sql/token-row.ts';
import type { OpenDatabase } from './open-database.ts';

/** A {@link TokenStore} over a database, which stays its owner's to close. */
export function createPostgresTokenStore(open: OpenDatabase): TokenStore {
  const { pool, reading } = open;
  return {
    ...createTokenQueries(open),

    findByDigest: (sha256) =>
      reading('Looking for a token', async () => {
        const [row] = await pool.askPromptly<TokenRow>('select * from token where sha256 = $1', [
          sha256,
        ]);
        return row === undefined ? null : toToken(row);
      }),
  };
}
