/** How much may be stored; null: without a limit. */
export interface SizeLimits {
  maxStoreSizeBytes: number | null;
  maxTeamSizeBytes: number | null;
}

/** Bytes by team. */
export type TeamBytes = ReadonlyMap<string, number>;

/** The team whose limit is meant; null: the limit of the whole store. */
export type LimitOwner = string | null;

/** What has to go, from one team or from all. */
export interface Excess {
  owner: LimitOwner;
  bytes: number;
}

/** An eviction that has begun makes this part of the limit free, so that the next is a while away. */
const HEADROOM = 1 / 20;

export interface Demand {
  /** What is stored. */
  used: TeamBytes;
  /** What uploads in flight will add. */
  reserved: TeamBytes;
}

/**
 * The first limit that the demand is beyond; null when all is well. A limit in `evicting` is only
 * well again with its headroom, one in `exhausted` has nothing left to give.
 */
export function findExcess(
  demand: Demand,
  limits: SizeLimits,
  state: { evicting: ReadonlySet<LimitOwner>; exhausted: ReadonlySet<LimitOwner> },
): Excess | null {
  const teams = new Set([...demand.used.keys(), ...demand.reserved.keys()]);
  const owners: [LimitOwner, number | null][] = [...teams].map((team) => [
    team,
    limits.maxTeamSizeBytes,
  ]);
  owners.push([null, limits.maxStoreSizeBytes]);
  for (const [owner, limit] of owners) {
    if (limit === null || state.exhausted.has(owner)) continue;
    const bytes = bytesOf(demand.used, owner) + bytesOf(demand.reserved, owner);
    const goal = Math.floor(limit * (1 - HEADROOM));
    if (bytes > (state.evicting.has(owner) ? goal : limit)) return { owner, bytes: bytes - goal };
  }
  return null;
}

/** Whether a team may add this much without going beyond a limit. */
export function fits(
  added: { team: string; bytes: number },
  demand: Demand,
  limits: SizeLimits,
): boolean {
  const isWithin = (owner: LimitOwner, limit: number | null) =>
    limit === null ||
    bytesOf(demand.used, owner) + bytesOf(demand.reserved, owner) + added.bytes <= limit;
  return isWithin(null, limits.maxStoreSizeBytes) && isWithin(added.team, limits.maxTeamSizeBytes);
}

/** Of one team, or of all. */
export function bytesOf(teams: TeamBytes, owner: LimitOwner): number {
  if (owner !== null) return teams.get(owner) ?? 0;
  let bytes = 0;
  for (const ofTeam of teams.values()) bytes += ofTeam;
  return bytes;
}

export function sumByTeam(parts: Iterable<{ team: string; bytes: number }>): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { team, bytes } of parts) sums.set(team, (sums.get(team) ?? 0) + bytes);
  return sums;
}
