import { type CapacityAssumptions, type Population } from './assumptions.ts';

/** How often things happen, in a day or in an hour of it. */
export interface Traffic {
  readonly commands: number;
  readonly lookups: number;
  readonly hits: number;
  /** Uploads of what is not there yet. */
  readonly uploads: number;
  /** Everything that reaches the server. */
  readonly requests: number;
  /** Reads of the index and of tokens. */
  readonly reads: number;
}

/** A command asks once whether the server is well, and tells it once what was found where. */
export const OTHER_REQUESTS_PER_COMMAND = 2;

/** A token is looked up for each request. */
export const TOKEN_READS = 1;

/** What a population of so many active developers does on a busy day. */
export function trafficOfDay(
  active: number,
  population: Population,
  scopesOfLookup: number,
): Traffic {
  const commands = active * population.commandsPerDay;
  const lookups = commands * population.tasksPerCommand;
  const hits = lookups * population.hitRate;
  const uploads = (lookups - hits) * population.uploadShare;
  const others = commands * OTHER_REQUESTS_PER_COMMAND;
  // An upload looks first whether the artifact is there.
  const reads = (lookups + uploads) * (TOKEN_READS + scopesOfLookup) + others * TOKEN_READS;
  return { commands, lookups, hits, uploads, requests: lookups + uploads + others, reads };
}

/** The two populations on a busy day, and the traffic of each of its hours. */
export function trafficByHour(developers: number, assumptions: CapacityAssumptions): Traffic[] {
  const active = developers * assumptions.activeShare;
  const { people, ci, isolatedShare } = assumptions;
  const days = [
    { population: people, day: trafficOfDay(active, people, 1) },
    { population: ci, day: trafficOfDay(active, ci, 1 + isolatedShare) },
  ];
  return Array.from({ length: 24 }, (_unused, hour) =>
    addTraffic(days.map(({ population, day }) => scaleTraffic(day, shareOfHour(population, hour)))),
  );
}

/** Share of a population's day that falls into an hour. */
export function shareOfHour({ activityByHour }: Population, hour: number): number {
  const all = activityByHour.reduce((sum, weight) => sum + weight, 0);
  return (activityByHour[hour] ?? 0) / all;
}

export function addTraffic(parts: readonly Traffic[]): Traffic {
  const sumOf = (key: keyof Traffic) => parts.reduce((sum, part) => sum + part[key], 0);
  return {
    commands: sumOf('commands'),
    lookups: sumOf('lookups'),
    hits: sumOf('hits'),
    uploads: sumOf('uploads'),
    requests: sumOf('requests'),
    reads: sumOf('reads'),
  };
}

export function scaleTraffic(traffic: Traffic, factor: number): Traffic {
  return {
    commands: traffic.commands * factor,
    lookups: traffic.lookups * factor,
    hits: traffic.hits * factor,
    uploads: traffic.uploads * factor,
    requests: traffic.requests * factor,
    reads: traffic.reads * factor,
  };
}

/** The hour with the most requests. */
export function findPeak(hours: readonly Traffic[]): { hour: number; traffic: Traffic } {
  const requests = hours.map((traffic) => traffic.requests);
  const hour = requests.indexOf(Math.max(...requests));
  const traffic = hours[hour];
  if (traffic === undefined) throw new Error('A day has hours.');
  return { hour, traffic };
}
