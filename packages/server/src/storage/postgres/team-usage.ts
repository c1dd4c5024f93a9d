// What teams have stored: the triggers of the table `artifact` append what changes to a list, so that
// uploads of one team do not wait for each other, and here the list is summed up and kept short.
import type { StoredAmount } from '../artifact-index.ts';
import type { Leases } from '../leases.ts';
import type { ConnectionPool } from './connection-pool.ts';

/** A sum over this many takes a millisecond or two. */
const MAX_DELTAS = 1_000;

const LEASE = 'team-usage';
const LEASE_MS = 30_000;

const SELECT = `
  select team, sum(stored_bytes)::bigint as stored_bytes, sum(artifacts)::bigint as artifacts,
    count(*) as deltas
  from team_usage_delta group by team`;

/**
 * One statement, so that nobody ever sees a change twice or not at all. What another one has locked, it
 * takes care of itself.
 */
const COMPACT = `
  with found as (select id from team_usage_delta order by id for update skip locked),
  gone as (
    delete from team_usage_delta where id in (select id from found)
    returning team, stored_bytes, artifacts
  )
  insert into team_usage_delta (team, stored_bytes, artifacts)
  select team, sum(stored_bytes), sum(artifacts) from gone
  group by team having sum(artifacts) <> 0 or sum(stored_bytes) <> 0`;

export interface TeamUsage {
  /** What is stored, by team; teams that have nothing are left out. */
  read(): Promise<Map<string, StoredAmount>>;
  /** To be told of every change that this server makes, so that the list is kept short. */
  noteChange(): void;
  /** Waits for what is being done behind the requests. */
  close(): Promise<void>;
}

interface TeamRow {
  team: string;
  stored_bytes: number;
  artifacts: number;
  deltas: number;
}

export function createTeamUsage(parts: {
  pool: ConnectionPool;
  leases: Leases;
  onTrouble: (message: string, cause: unknown) => void;
  maxDeltas?: number;
}): TeamUsage {
  const { pool, leases, onTrouble, maxDeltas = MAX_DELTAS } = parts;
  let changes = 0;
  let compacting: Promise<void> | undefined;

  async function compact(): Promise<void> {
    try {
      if (!(await leases.acquire(LEASE, LEASE_MS))) return;
      try {
        await pool.ask(COMPACT, []);
      } finally {
        await leases.release(LEASE);
      }
    } catch (cause) {
      onTrouble('what teams have stored could not be summed up', cause);
    }
  }

  function compactBehind(): void {
    changes = 0;
    compacting ??= compact().finally(() => {
      compacting = undefined;
    });
  }

  return {
    async read() {
      const rows = await pool.askPromptly<TeamRow>(SELECT, []);
      const deltas = rows.reduce((sum, row) => sum + row.deltas, 0);
      // Each team has one at least.
      if (deltas - rows.length > maxDeltas) compactBehind();
      return new Map(
        rows
          .filter(({ artifacts }) => artifacts > 0)
          .map((row) => [row.team, { storedBytes: row.stored_bytes, artifacts: row.artifacts }]),
      );
    },

    noteChange() {
      changes += 1;
      if (changes > maxDeltas) compactBehind();
    },

    async close() {
      await compacting;
    },
  };
}
