// Which pair of index and blobs a database belongs to, the same in each dialect.
import type { IdentifiedStore } from '../store-identity.ts';
import type { SqlDatabase } from './sql-database.ts';

/** The table has one row. */
const PLACE = 1;

export function createIdentityQueries({
  database,
  reading,
  writing,
}: SqlDatabase): IdentifiedStore {
  return {
    readIdentity: () =>
      reading('Reading the identity of the index', async () => {
        const row = await database.selectFrom('identity').select('id').executeTakeFirst();
        return row?.id ?? null;
      }),

    writeIdentity: (id) =>
      writing('Writing the identity of the index', async () => {
        await database
          .insertInto('identity')
          .values({ place: PLACE, id })
          .onConflict((conflict) => conflict.column('place').doNothing())
          .execute();
      }),
  };
}
