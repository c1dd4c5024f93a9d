import { setImmediate as yieldTurn } from 'node:timers/promises';
import { USAGE_MEASURES } from '../../usage/usage-measures.ts';
import { addUsage, noUsage } from '../../usage/usage-numbers.ts';
import { reportingFailure } from '../storage-failed.ts';
import {
  HOUR_MS,
  type TeamUsage,
  type UsageBucket,
  type UsageEntry,
  type UsageNumbers,
  type UsageQuery,
  type UsageStore,
} from '../usage-store.ts';
import type { OpenDatabase } from './open-database.ts';
import { createStatement, type SqlValue } from './statement.ts';

/** The database is synchronous: between two stretches it is the turn of others. */
const STRETCH_MS = 7 * 24 * HOUR_MS;

const AGE = 'youngest_evicted_age_ms';

const SUMS = USAGE_MEASURES.map((measure) => `sum(${measure}) as ${measure}`).join(', ');

const MATCHING = `from usage_hour where hour_ms >= ? and hour_ms < ?
  and (? is null or (owner = 'team' and team in (select value from json_each(?))))`;

/** One statement, so that all of it happens or nothing; a number in it is a place in the JSON. */
const ADD = `
  insert into usage_hour (hour_ms, owner, team, ${AGE}, ${USAGE_MEASURES.join(', ')})
  select value ->> 0, value ->> 1, value ->> 2, value ->> 3,
    ${USAGE_MEASURES.map((_measure, number) => `value ->> ${number + 4}`).join(', ')}
  from json_each(?) where true
  on conflict (hour_ms, owner, team) do update set
    ${AGE} = min(coalesce(${AGE}, excluded.${AGE}), coalesce(excluded.${AGE}, ${AGE})),
    ${USAGE_MEASURES.map((measure) => `${measure} = ${measure} + excluded.${measure}`).join(', ')}`;

type SumRow = Record<string, number | string | null>;

/** A {@link UsageStore} over a database, which stays its owner's to close. */
export function createSqliteUsageStore({ connection }: OpenDatabase): UsageStore {
  const insert = createStatement<never>(connection, ADD);
  const selectBuckets = createStatement<SumRow>(
    connection,
    // A parameter by itself is no whole number, and divides like none.
    `select hour_ms - hour_ms % cast(? as integer) as start, min(${AGE}) as age, ${SUMS} ${MATCHING} group by start`,
  );
  const selectTeams = createStatement<SumRow>(
    connection,
    `select team, min(${AGE}) as age, ${SUMS} ${MATCHING} and owner = 'team' group by team`,
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

function toValues({ hourMs, owner, sums, youngestEvictedAgeMs }: UsageEntry): unknown[] {
  return [
    hourMs,
    owner.kind,
    owner.kind === 'team' ? owner.team : '',
    youngestEvictedAgeMs,
    ...USAGE_MEASURES.map((measure) => sums[measure] ?? 0),
  ];
}

function toNumbers(row: SumRow): UsageNumbers {
  const numbers = noUsage();
  numbers.youngestEvictedAgeMs = row.age === null ? null : Number(row.age);
  for (const measure of USAGE_MEASURES) {
    const amount = Number(row[measure]);
    if (amount !== 0) numbers.sums[measure] = amount;
  }
  return numbers;
}
