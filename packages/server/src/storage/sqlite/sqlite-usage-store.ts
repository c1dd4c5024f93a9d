import { setImmediate as yieldTurn } from 'node:timers/promises';
import { USAGE_MEASURES } from '../../usage/usage-measures.ts';
import { addUsage, noUsage } from '../../usage/usage-numbers.ts';
import {
  addingToUsage,
  toNumbers,
  toValues,
  USAGE_COLUMNS,
  USAGE_SUMS,
  type UsageSumRow,
} from '../sql/usage-row.ts';
import { reportingFailure } from '../storage-failed.ts';
import {
  HOUR_MS,
  type TeamUsage,
  type UsageBucket,
  type UsageQuery,
  type UsageStore,
} from '../usage-store.ts';
import type { OpenDatabase } from './open-database.ts';
import { createStatement, type SqlValue } from './statement.ts';

/** The database is synchronous: between two stretches it is the turn of others. */
const STRETCH_MS = 7 * 24 * HOUR_MS;

const MATCHING = `from usage_hour where hour_ms >= ? and hour_ms < ?
  and (? is null or (owner = 'team' and team in (select value from json_each(?))))`;

/** One statement, so that all of it happens or nothing; a number in it is a place in the JSON. */
const ADD = `
  insert into usage_hour (${USAGE_COLUMNS})
  select value ->> 0, value ->> 1, value ->> 2, value ->> 3,
    ${USAGE_MEASURES.map((_measure, number) => `value ->> ${number + 4}`).join(', ')}
  from json_each(?) where true
  ${addingToUsage((one, other) => `min(coalesce(${one}, ${other}), coalesce(${other}, ${one}))`)}`;

/** A {@link UsageStore} over a database, which stays its owner's to close. */
export function createSqliteUsageStore({ connection }: OpenDatabase): UsageStore {
  const insert = createStatement<never>(connection, ADD);
  const selectBuckets = createStatement<UsageSumRow>(
    connection,
    // A parameter by itself is no whole number, and divides like none.
    `select hour_ms - hour_ms % cast(? as integer) as start, ${USAGE_SUMS} ${MATCHING} group by start`,
  );
  const selectTeams = createStatement<UsageSumRow>(
    connection,
    `select team, ${USAGE_SUMS} ${MATCHING} and owner = 'team' group by team`,
  );
  const remove = createStatement<never>(connection, 'delete from usage_hour where hour_ms < ?');

  return {
    add: (entries) =>
      reportingFailure('Noting what happened', () => {
        if (entries.length > 0) insert.run(JSON.stringify(entries.map(toValues)));
      }),

    sum: (query, bucketMs) =>
      reportingFailure('Reading what happened', async () => {
        const buckets = new Map<number, UsageBucket>();
        for await (const parameters of stretchesOf(query)) {
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
        for await (const parameters of stretchesOf(query)) {
          for (const row of selectTeams.all(...parameters)) {
            const team = String(row.team);
            const usage = teams.get(team) ?? { team, ...noUsage() };
            addUsage(usage, toNumbers(row));
            teams.set(team, usage);
          }
        }
        return [...teams.values()];
      }),

    removeBefore: (beforeMs) =>
      reportingFailure('Forgetting what happened', () => remove.run(beforeMs)),
  };
}

async function* stretchesOf({ fromMs, toMs, teams }: UsageQuery): AsyncGenerator<SqlValue[]> {
  const names = teams === undefined ? null : JSON.stringify(teams);
  for (let startMs = fromMs; startMs < toMs; startMs += STRETCH_MS) {
    if (startMs > fromMs) await yieldTurn();
    yield [startMs, Math.min(startMs + STRETCH_MS, toMs), names, names];
  }
}
