import { sql, type Kysely, type Migration } from 'kysely';
import { FIRST_USAGE_MEASURES } from './first-usage-measures.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const HOURS_KEPT_MS = 8 * DAY_MS;

/** How a dialect writes what others write otherwise. */
export interface UsageTableWords {
  wholeNumber: string;
  text: string;
  /** What comes behind the columns of a table. */
  ending: string;
}

/**
 * From sums of hours to sums of hours and days: a year of hours is more than can be added up while
 * somebody looks. Of hours the latest are taken along, which are all that is still asked for.
 */
export function usageByDay({ wholeNumber, text, ending }: UsageTableWords): Migration {
  const key = 'span_ms, start_ms, owner, team';
  const columns = [key, 'youngest_evicted_age_ms', ...FIRST_USAGE_MEASURES].join(', ');
  const measures = FIRST_USAGE_MEASURES.join(', ');
  const sums = FIRST_USAGE_MEASURES.map((name) => `sum(${name})`).join(', ');
  const statements = [
    `create table usage_sum (
      span_ms ${wholeNumber} not null,
      start_ms ${wholeNumber} not null,
      owner ${text} not null,
      team ${text} not null,
      youngest_evicted_age_ms ${wholeNumber},
      ${FIRST_USAGE_MEASURES.map((name) => `${name} ${wholeNumber} not null default 0`).join(', ')},
      primary key (${key})
    ) ${ending}`,
    `insert into usage_sum (${columns})
      select ${HOUR_MS}, hour_ms, owner, team, youngest_evicted_age_ms, ${measures} from usage_hour
      where hour_ms > (select max(hour_ms) from usage_hour) - ${HOURS_KEPT_MS}`,
    `insert into usage_sum (${columns})
      select ${DAY_MS}, hour_ms - hour_ms % ${DAY_MS} as day_ms, owner, team,
        min(youngest_evicted_age_ms), ${sums}
      from usage_hour group by day_ms, owner, team`,
    'drop table usage_hour',
  ];
  return {
    async up(database: Kysely<unknown>): Promise<void> {
      for (const statement of statements) await sql.raw(statement).execute(database);
    },
  };
}
