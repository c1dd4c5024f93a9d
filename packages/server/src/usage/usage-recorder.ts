import { HOUR_MS, type UsageEntry, type UsageNumbers } from '../storage/usage-store.ts';
import { addUsage, noUsage, younger } from './usage-numbers.ts';
import type { UsageMeasure } from './usage-measures.ts';

/** Teams of an hour that are told apart; a client may name what it likes. */
export const MAX_TEAMS_PER_HOUR = 250;

/** Whose numbers these are; null: nobody's in particular. */
export type UsageTeam = string | null;

/**
 * Counts what the server does, in memory: requests wait for nothing here. What it has counted is
 * taken from it, and written, behind them.
 */
export interface UsageRecorder {
  /** Adds a whole number, 1 by default, to a sum. */
  add(team: UsageTeam, measure: UsageMeasure, amount?: number): void;
  /** An artifact has been evicted that had not been used for `ageMs`. */
  addEvicted(team: string, evicted: { bytes: number; ageMs: number }): void;
  /**
   * For how long the youngest of the artifacts that the last hour with evictions evicted had not been
   * used, in milliseconds; null when none has been.
   */
  lastEvictionAgeMs(): number | null;
  /** Everything since the recorder was created, taken or not. */
  totals(): UsageNumbers;
  /** What was counted since the last call, by hour and owner. */
  take(): UsageEntry[];
}

/** @param now - Milliseconds since 1970. */
export function createUsageRecorder(now: () => number = Date.now): UsageRecorder {
  const taken = noUsage();
  let finished: UsageEntry[] = [];
  let current = new Map<UsageTeam, UsageEntry>();
  let others: UsageEntry | null = null;
  const teamsOfHour = new Set<string>();
  let hourMs = -Infinity;
  let lastEviction: { hourMs: number; ageMs: number } | null = null;

  function finishHour(): void {
    finished.push(...current.values());
    if (others !== null) finished.push(others);
    current = new Map();
    others = null;
  }

  function startHourWhenDue(): void {
    const nowMs = now();
    // A clock that is set back must not split an hour in two for every request.
    if (nowMs < hourMs + HOUR_MS) return;
    finishHour();
    teamsOfHour.clear();
    hourMs = Math.floor(nowMs / HOUR_MS) * HOUR_MS;
  }

  function entryOf(team: UsageTeam): UsageEntry {
    startHourWhenDue();
    return current.get(team) ?? startEntry(team);
  }

  function startEntry(team: UsageTeam): UsageEntry {
    if (team === null) return keep(null, { hourMs, owner: { kind: 'none' }, ...noUsage() });
    if (!teamsOfHour.has(team)) {
      if (teamsOfHour.size >= MAX_TEAMS_PER_HOUR) {
        return (others ??= { hourMs, owner: { kind: 'others' }, ...noUsage() });
      }
      teamsOfHour.add(team);
    }
    return keep(team, { hourMs, owner: { kind: 'team', team }, ...noUsage() });
  }

  function keep(team: UsageTeam, entry: UsageEntry): UsageEntry {
    current.set(team, entry);
    return entry;
  }

  function add(team: UsageTeam, measure: UsageMeasure, amount = 1): void {
    const { sums } = entryOf(team);
    sums[measure] = (sums[measure] ?? 0) + amount;
  }

  return {
    add,

    addEvicted(team, { bytes, ageMs }) {
      add(team, 'evicted_artifacts');
      add(team, 'evicted_bytes', bytes);
      const entry = entryOf(team);
      const knownAgeMs = Math.max(0, ageMs);
      entry.youngestEvictedAgeMs = younger(entry.youngestEvictedAgeMs, knownAgeMs);
      lastEviction =
        lastEviction?.hourMs === hourMs
          ? { hourMs, ageMs: Math.min(lastEviction.ageMs, knownAgeMs) }
          : { hourMs, ageMs: knownAgeMs };
    },

    lastEvictionAgeMs: () => lastEviction?.ageMs ?? null,

    totals() {
      const totals = noUsage();
      addUsage(totals, taken);
      for (const entry of [...finished, ...current.values()]) addUsage(totals, entry);
      if (others !== null) addUsage(totals, others);
      return totals;
    },

    take() {
      finishHour();
      const entries = finished;
      finished = [];
      for (const entry of entries) addUsage(taken, entry);
      return entries;
    },
  };
}
