import { USAGE_MEASURES } from '../../usage/usage-measures.ts';
import {
  addingToUsage,
  toNumbers,
  toValues,
  USAGE_COLUMNS,
  USAGE_SUMS,
  type UsageSumRow,
} from '../sql/usage-row.ts';
import type { UsageQuery, UsageStore } from '../usage-store.ts';
import type { SqlParameter } from './connection-pool.ts';
import type { OpenDatabase } from './open-database.ts';

/**
 * One statement, so that all of it happens or nothing; a number in it is a place in the JSON. Rows are
 * written, and so locked, in the order of their key.
 */
const ADD = `
  insert into usage_hour (${USAGE_COLUMNS})
  select hour_ms, owner, team, ${USAGE_SUMS} from (
    select (value ->> 0)::bigint as hour_ms, (value ->> 1) collate "C" as owner,
      (value ->> 2) collate "C" as team,
      (value ->> 3)::bigint as youngest_evicted_age_ms,
      ${USAGE_MEASURES.map((measure, number) => `(value ->> ${number + 4})::bigint as ${measure}`).join(', ')}
    from json_array_elements($1::json) as entries (value)
  ) as entries
  group by hour_ms, owner, team order by hour_ms, owner, team
  ${addingToUsage((one, other) => `least(${one}, ${other})`)}`;

const MATCHING = `from usage_hour where hour_ms >= $1 and hour_ms < $2
  and ($3::text[] is null or (owner = 'team' and team = any($3)))`;

const SELECT_BUCKETS = `select hour_ms - hour_ms % $4::bigint as start, ${USAGE_SUMS} ${MATCHING}
  group by start order by start`;

const SELECT_TEAMS = `select team, ${USAGE_SUMS} ${MATCHING} and owner = 'team' group by team`;

/** Deleted, and so locked, in the order in which they are added to. */
const REMOVE = `
  with found as (
    select hour_ms, owner, team from usage_hour where hour_ms < $1
    order by hour_ms, owner, team for update
  ),
  gone as (
    delete from usage_hour using found
    where (usage_hour.hour_ms, usage_hour.owner, usage_hour.team)
      = (found.hour_ms, found.owner, found.team)
    returning 1
  )
  select count(*) as removed from gone`;

/** A {@link UsageStore} over a database, which stays its owner's to close. */
export function createPostgresUsageStore({ pool, reading, writing }: OpenDatabase): UsageStore {
  return {
    add: (entries) =>
      writing('Noting what happened', async () => {
        if (entries.length > 0) await pool.ask(ADD, [JSON.stringify(entries.map(toValues))]);
      }),

    sum: (query, bucketMs) =>
      reading('Reading what happened', async () => {
        const parameters = [...toParameters(query), bucketMs];
        const rows = await pool.ask<UsageSumRow>(SELECT_BUCKETS, parameters);
        return rows.map((row) => ({ startMs: Number(row.start), ...toNumbers(row) }));
      }),

    sumByTeam: (query) =>
      reading('Reading what happened', async () => {
        const rows = await pool.ask<UsageSumRow>(SELECT_TEAMS, toParameters(query));
        return rows.map((row) => ({ team: String(row.team), ...toNumbers(row) }));
      }),

    removeBefore: (beforeMs) =>
      writing('Forgetting what happened', async () => {
        const [row] = await pool.ask<{ removed: number }>(REMOVE, [beforeMs]);
        return row?.removed ?? 0;
      }),
  };
}

function toParameters({ fromMs, toMs, teams }: UsageQuery): SqlParameter[] {
  return [fromMs, toMs, teams ?? null];
}
