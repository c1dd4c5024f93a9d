import { createRequire } from 'node:module';
import { join } from 'node:path';

import { installationFolder, serverInstallation } from '../installations/installation.ts';

/** The part of the server's store that is used here; it is no part of what the package exports. */
interface OpenStore {
  readonly usage: { readonly add: (entries: readonly object[]) => Promise<void> };
  readonly close: () => Promise<void>;
}

const HOUR_MS = 3_600_000;
const DAYS = 365;

/** How much work each team has, against the others. */
const TEAMS = { web: 1, shop: 0.6, search: 0.45, billing: 0.3, mobile: 0.25, platform: 0.15 };

/** Writes the usage of a year into the database of a server that does not run. */
export async function fillYear(dataDirectory: string, nowMs: number): Promise<void> {
  const file = join(
    installationFolder(serverInstallation),
    'node_modules/@larder/server/dist/storage/sqlite/sqlite-store.js',
  );
  const { openSqliteStore } = createRequire(file)(file) as {
    openSqliteStore: (path: string) => Promise<OpenStore>;
  };
  const store = await openSqliteStore(join(dataDirectory, 'larder.sqlite'));
  try {
    const thisHourMs = Math.floor(nowMs / HOUR_MS) * HOUR_MS;
    for (let day = 0; day < DAYS; day += 1) {
      const hours = Array.from(
        { length: 24 },
        (_, hour) => thisHourMs - (day * 24 + hour + 1) * HOUR_MS,
      );
      const entries = hours.flatMap((hourMs) =>
        Object.entries(TEAMS).map(([team, size]) => hourOf(team, size, hourMs)),
      );
      await store.usage.add(entries);
    }
  } finally {
    await store.close();
  }
}

/** People work by day and from Monday to Friday; the cache is better used the longer it is there. */
function hourOf(team: string, size: number, hourMs: number): object {
  const date = new Date(hourMs);
  const isWeekend = [0, 6].includes(date.getUTCDay());
  const byDay = Math.max(0.05, Math.sin(((date.getUTCHours() - 6) / 12) * Math.PI));
  const noise = 0.75 + 0.5 * noiseOf(hourMs / HOUR_MS + team.length * 7919);
  const lookups = Math.round(1200 * size * noise * byDay * (isWeekend ? 0.15 : 1));
  const hits = Math.round(lookups * (0.62 + 0.2 * noiseOf(hourMs / HOUR_MS / 24 + team.length)));
  const misses = lookups - hits;
  const ciHits = Math.round(hits * 0.7);
  const ciMisses = Math.round(misses * 0.6);
  return {
    hourMs,
    owner: { kind: 'team', team },
    sums: {
      artifacts_hit_ci: ciHits,
      artifacts_hit_people: hits - ciHits,
      artifacts_miss_ci: ciMisses,
      artifacts_miss_people: misses - ciMisses,
      served_bytes: hits * 420_000,
      saved_ms: hits * 9_500,
      stored_artifacts: misses,
      stored_bytes: misses * 420_000,
      requests_ok: lookups * 2,
      get_latency_2: Math.round(hits * 0.6),
      get_latency_3: Math.round(hits * 0.36),
      get_latency_6: hits - Math.round(hits * 0.6) - Math.round(hits * 0.36),
      put_latency_3: Math.round(misses * 0.7),
      put_latency_5: misses - Math.round(misses * 0.7),
    },
    youngestEvictedAgeMs: null,
  };
}

/** From 0 to 1, always the same for the same number. */
function noiseOf(seed: number): number {
  const value = Math.sin(seed * 12.9898) * 43758.5453;
  return value - Math.floor(value);
}
