import { USAGE_MEASURES } from '../../usage/usage-measures.ts';
import {
  addingToUsage,
  longestSpanOf,
  toNumbers,
  toRows,
  USAGE_COLUMNS,
  USAGE_KEY,
  USAGE_SUMS,
  type UsageSumRow,
} from '../sql/usage-row.ts';
import type { UsageQuery, UsageSpanMs, UsageStore } from '../usage-store.ts';
import type { SqlParameter } from './connection-pool.ts';
import type { OpenDatabase } from './open-database.ts';

/**
 * One statement, so that all of it happens or nothing; a number in it is a place in the JSON. Rows are
 * written, and so locked, in the order of their key.
 */
const ADD = `
  insert into usage_sum (${USAGE_COLUMNS})
  select ${USAGE_KEY}, ${USAGE_SUMS} from (
    select (value ->> 0)::bigint as span_ms, (value ->> 1)::bigint as start_ms,
      (value ->> 2) collate "C" as owner, (value ->> 3) collate "C" as team,
      (value ->> 4)::bigint as youngest_evicted_age_ms,
      ${USAGE_MEASURES.map((measure, number) => `(value ->> ${number + 5})::bigint as ${measure}`).join(', ')}
    from json_array_elements($1::json) as entries (value)
  ) as entries
  group by ${USAGE_KEY} order by ${USAGE_KEY}
  ${addingToUsage((one, other) => `least(${one}, ${other})`)}`;

const MATCHING = `from usage_sum where span_ms = $1 and start_ms >= $2 and start_ms < $3
  and ($4::text[] is null or (owner = 'team' and team = any($4)))`;

const SELECT_BUCKETS = `select start_ms - start_ms % $5::bigint as start, ${USAGE_SUMS} ${MATCHING}
  group by start order by start`;

const SELECT_TEAMS = `select team, ${USAGE_SUMS} ${MATCHING} and owner = 'team' group by team`;

/** Deleted, and so locked, in the order in which they are added to. */
const REMOVE = `
  with found as (
    select ${USAGE_KEY} from usage_sum where span_ms = $1 and start_ms <= $2
    order by ${USAGE_KEY} for update
  ),
  gone as (
    delete from usage_sum where (${USAGE_KEY}) in (select ${USAGE_KEY} from found)
    returning 1
  )
  select count(*) as removed from gone`;

/** A {@link UsageStore} over a database, which stays its owner's to close. */
export function createPostgresUsageStore({ pool, reading, writing }: OpenDatabase): UsageStore {
  return {
    add: (entries) =>
      writing('Noting what happened', async () => {
        if (entries.length > 0) await pool.ask(ADD, [JSON.stringify(entries.flatMap(toRows))]);
      }),

    sum: (query, bucketMs) =>
      reading('Reading what happened', async () => {
        const span = longestSpanOf(query, bucketMs);
        const parameters = [...toParameters(query, span), bucketMs];
        const rows = await pool.ask<UsageSumRow>(SELECT_BUCKETS, parameters);
        return rows.map((row) => ({ startMs: Number(row.start), ...toNumbers(row) }));
      }),

    sumByTeam: (query) =>
      reading('Reading what happened', async () => {
        const parameters = toParameters(query, longestSpanOf(query));
        const rows = await pool.ask<UsageSumRow>(SELECT_TEAMS, parameters);
        return rows.map((row) => ({ team: String(row.team), ...toNumbers(row) }));
      }),

    removeEnded: (spanMs, beforeMs) =>
      writing('Forgetting what happened', async () => {
        const [row] = await pool.ask<{ removed: number }>(REMOVE, [spanMs, beforeMs - spanMs]);
        return row?.removed ?? 0;
      }),
  };
}

function toParameters({ fromMs, toMs, teams }: UsageQuery, spanMs: UsageSpanMs): SqlParameter[] {
  return [spanMs, fromMs, toMs, teams ?? null];
}
