import { randomUUID } from 'node:crypto';
import type { Leases } from '../leases.ts';
import type { OpenDatabase } from './open-database.ts';

/** By the clock of the database, read when the row is ours to write. */
const ACQUIRE = `
  insert into lease (name, holder, expires_at)
  values ($1, $2, clock_timestamp() + $3 * interval '1 millisecond')
  on conflict (name) do update
    set holder = excluded.holder, expires_at = clock_timestamp() + $3 * interval '1 millisecond'
    where lease.holder = excluded.holder or lease.expires_at <= clock_timestamp()
  returning name`;

/** {@link Leases} in a database; whoever creates them is a holder of its own. */
export function createPostgresLeases({ pool, writing }: OpenDatabase): Leases {
  const holder = randomUUID();
  return {
    acquire: (name, durationMs) =>
      writing('Acquiring a lease', async () => {
        const rows = await pool.askPromptly(ACQUIRE, [name, holder, durationMs]);
        return rows.length > 0;
      }),

    release: (name) =>
      writing('Releasing a lease', async () => {
        await pool.askPromptly('delete from lease where name = $1 and holder = $2', [name, holder]);
      }),
  };
}
