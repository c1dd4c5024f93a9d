import { type CapacityAssumptions, type Population } from './assumptions.ts';
import { MINUTE_MS } from './load-meter.ts';
import { type SeededRandom } from './seeded-random.ts';
import { shareOfHour, TOKEN_READS } from './traffic.ts';

/** A command of Nx, on its way through its tasks. */
export interface Command {
  readonly beginsAtMs: number;
  readonly population: Population;
  /** Scopes that a lookup reads, on the average. */
  readonly scopes: number;
  lookupsLeft: number;
  /** When each of its slots is free for the next task that was a miss. */
  readonly slotsFreeMs: number[];
}

/** The commands of a day, each begun by itself: as many in each hour as are done in it, by chance. */
export function* arriveCommands(
  { developers, minutesPerHour }: { readonly developers: number; readonly minutesPerHour: number },
  { activeShare, people, ci, isolatedShare }: CapacityAssumptions,
  random: SeededRandom,
): Generator<Command> {
  const hourMs = minutesPerHour * MINUTE_MS;
  const populations = [
    { population: people, scopes: 1 },
    { population: ci, scopes: 1 + isolatedShare },
  ];
  for (const { population, scopes } of populations) {
    const perDay = developers * activeShare * population.commandsPerDay;
    for (let hour = 0; hour < 24; hour += 1) {
      // An hour that is played in fewer minutes has fewer commands, not more at a time.
      const perMs = (perDay * shareOfHour(population, hour)) / (60 * MINUTE_MS);
      if (perMs === 0) continue;
      let beginsAtMs = hour * hourMs + random.exponential(1 / perMs);
      while (beginsAtMs < (hour + 1) * hourMs) {
        const lookupsLeft = random.geometric(population.tasksPerCommand);
        const slotsFreeMs = Array.from({ length: population.parallelTasks }, () => 0);
        yield { beginsAtMs, population, scopes, lookupsLeft, slotsFreeMs };
        beginsAtMs += random.exponential(1 / perMs);
      }
    }
  }
}

/** Takes a slot for the next task that was a miss; returns when the task has ended. */
export function runTask(command: Command, readyMs: number, random: SeededRandom): number {
  const { slotsFreeMs, population } = command;
  const freeMs = Math.min(...slotsFreeMs);
  const endMs = Math.max(readyMs, freeMs) + random.exponential(population.taskDurationMs);
  slotsFreeMs[slotsFreeMs.indexOf(freeMs)] = endMs;
  return endMs;
}

/** What is read for one lookup: a share of them reads one scope more than the others. */
export function readsOfLookup({ scopes }: Command, random: SeededRandom): number {
  return TOKEN_READS + Math.floor(scopes) + (random.next() < scopes % 1 ? 1 : 0);
}
