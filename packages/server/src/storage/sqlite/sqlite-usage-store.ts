import { setImmediate as yieldTurn } from 'node:timers/promises';
import { USAGE_MEASURES } from '../../usage/usage-measures.ts';
import { addUsage, noUsage } from '../../usage/usage-numbers.ts';
import {
  addingToUsage,
  longestSpanOf,
  toNumbers,
  toRows,
  USAGE_COLUMNS,
  USAGE_SUMS,
  type UsageSumRow,
} from '../sql/usage-row.ts';
import { reportingFailure } from '../storage-failed.ts';
import type {
  TeamUsage,
  UsageBucket,
  UsageQuery,
  UsageSpanMs,
  UsageStore,
} from '../usage-store.ts';
import type { OpenDatabase } from './open-database.ts';
import { createStatement, type SqlValue } from './statement.ts';

/** How many hours or days are read at once. The database is synchronous: then it is the turn of others. */
const SPANS_AT_ONCE = 24;

const MATCHING = `from usage_sum where span_ms = ? and start_ms >= ? and start_ms < ?
  and (? is null or (owner = 'team' and team in (select value from json_each(?))))`;

/** One statement, so that all of it happens or nothing; a number in it is a place in the JSON. */
const ADD = `
  insert into usage_sum (${USAGE_COLUMNS})
  select value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4,
    ${USAGE_MEASURES.map((_measure, number) => `value ->> ${number + 5}`).join(', ')}
  from json_each(?) where true
  ${addingToUsage((one, other) => `min(coalesce(${one}, ${other}), coalesce(${other}, ${one}))`)}`;

/** A {@link UsageStore} over a database, which stays its owner's to close. */
export function createSqliteUsageStore({ connection }: OpenDatabase): UsageStore {
  const insert = createStatement<never>(connection, ADD);
  const selectBuckets = createStatement<UsageSumRow>(
    connection,
    // A parameter by itself is no whole number, and divides like none.
    `select start_ms - start_ms % cast(? as integer) as start, ${USAGE_SUMS} ${MATCHING} group by start`,
  );
  const selectTeams = createStatement<UsageSumRow>(
    connection,
    `select team, ${USAGE_SUMS} ${MATCHING} and owner = 'team' group by team`,
  );
  const remove = createStatement<never>(
    connection,
    'delete from usage_sum where span_ms = ? and start_ms <= ?',
  );

  return {
    add: (entries) =>
      reportingFailure('Noting what happened', () => {
        if (entries.length > 0) insert.run(JSON.stringify(entries.flatMap(toRows)));
      }),

    sum: (query, bucketMs) =>
      reportingFailure('Reading what happened', async () => {
        const buckets = new Map<number, UsageBucket>();
        for await (const parameters of stretchesOf(query, longestSpanOf(query, bucketMs))) {
          for (const row of selectBuckets.all(bucketMs, ...parameters)) {
            const startMs = Number(row.start);
            const bucket = buckets.get(startMs) ?? { startMs, ...noUsage() };
            addUsage(bucket, toNumbers(row));
            buckets.set(startMs, bucket);
          }
        }
        return [...buckets.values()].sort((one, other) => one.startMs - other.startMs);
      }),

    sumByTeam: (query) =>
      reportingFailure('Reading what happened', async () => {
        const teams = new Map<string, TeamUsage>();
        for await (const parameters of stretchesOf(query, longestSpanOf(query))) {
          for (const row of selectTeams.all(...parameters)) {
            const team = String(row.team);
            const usage = teams.get(team) ?? { team, ...noUsage() };
            addUsage(usage, toNumbers(row));
            teams.set(team, usage);
          }
        }
        return [...teams.values()];
      }),

    removeEnded: (spanMs, beforeMs) =>
      reportingFailure('Forgetting what happened', () => remove.run(spanMs, beforeMs - spanMs)),
  };
}

async function* stretchesOf(
  { fromMs, toMs, teams }: UsageQuery,
  spanMs: UsageSpanMs,
): AsyncGenerator<SqlValue[]> {
  const names = teams === undefined ? null : JSON.stringify(teams);
  const stretchMs = SPANS_AT_ONCE * spanMs;
  for (let startMs = fromMs; startMs < toMs; startMs += stretchMs) {
    if (startMs > fromMs) await yieldTurn();
    yield [spanMs, startMs, Math.min(startMs + stretchMs, toMs), names, names];
  }
}
