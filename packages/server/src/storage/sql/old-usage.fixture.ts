// Usage as it was kept before there were days: the hours of ten days, in each dialect.
import { sql, type Kysely } from 'kysely';
import { DAY_MS, HOUR_MS, type UsageStore } from '../usage-store.ts';

const START_MS = Date.UTC(2026, 0, 1);
const DAYS = 10;

export async function addOldUsage(database: Kysely<unknown>): Promise<void> {
  const hours = Array.from({ length: DAYS * 24 }, (_value, hour) => START_MS + hour * HOUR_MS);
  const rows = hours.flatMap((hourMs, hour) => [
    sql`(${hourMs}, 'team', 'a', 1, 2, ${hour})`,
    sql`(${hourMs}, 'none', '', 0, 3, null)`,
  ]);
  await sql`insert into usage_hour
    (hour_ms, owner, team, saved_ms, auth_failures, youngest_evicted_age_ms)
    values ${sql.join(rows)}`.execute(database);
}

/** That they are there as days, and those of the last week as hours. */
export async function expectOldUsage(usage: UsageStore): Promise<void> {
  const period = { fromMs: START_MS, toMs: START_MS + 2 * DAYS * DAY_MS };
  const days = Array.from({ length: DAYS }, (_value, day) => ({
    startMs: START_MS + day * DAY_MS,
    sums: { saved_ms: 24, auth_failures: 24 * 5 },
    youngestEvictedAgeMs: day * 24,
  }));
  expect(await usage.sum(period, DAY_MS)).toEqual(days);
  expect(await usage.sumByTeam(period)).toEqual([
    { team: 'a', sums: { saved_ms: 240, auth_failures: 480 }, youngestEvictedAgeMs: 0 },
  ]);
  const kept = await usage.sum(period, HOUR_MS);
  expect(kept).toHaveLength(8 * 24);
  expect(kept.at(-1)).toEqual({
    startMs: START_MS + (DAYS * 24 - 1) * HOUR_MS,
    sums: { saved_ms: 1, auth_failures: 5 },
    youngestEvictedAgeMs: DAYS * 24 - 1,
  });
}
