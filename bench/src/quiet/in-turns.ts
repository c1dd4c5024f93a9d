import { type BenchContext, type TurnsOptions } from '../runner/bench.ts';
import { claimMemory } from '../memory/claim-memory.ts';
import { type Cost } from '../processes/cost.ts';
import { watchOtherWork } from './other-work.ts';
import { MachineBusyError, MAX_OTHER_CORES, untilQuiet } from './quiet-machine.ts';

/** How many rounds may be lost to other work: as many as are wanted, or these. */
const LEAST_LOST_ROUNDS = 6;

/** A headline is what a bench wants that many rounds of. */
const HEADLINE_ROUNDS = 10;
/** After which no more rounds are taken than are needed, so that all benches together end in time. */
const ENOUGH_MS = 30_000;
const ENOUGH_FOR_HEADLINE_MS = 240_000;

export interface TurnsPolicy {
  /** `null`: as many as the bench wants. */
  readonly rounds: number | null;
  /** Whether figures of a busy machine are wanted as well: to try a bench out. */
  readonly acceptsBusyMachine: boolean;
  readonly onProgress: (text: string) => void;
}

/** How many rounds a figure must have where a bench would like to have that many. */
export function leastRounds(wanted: number): number {
  return Math.min(wanted, Math.max(3, Math.ceil(wanted / 2)));
}

/** @param now - Milliseconds. */
export function createInTurns(
  policy: TurnsPolicy,
  now: () => number = () => performance.now(),
): BenchContext['inTurns'] {
  return async (subjects, { rounds: wanted, warmUp = true, memoryBytes = 0 }: TurnsOptions) => {
    const names = Object.keys(subjects) as (keyof typeof subjects)[];
    const rounds = policy.rounds ?? wanted;
    const costs = Object.fromEntries(names.map((name) => [name, [] as Cost[]])) as Record<
      keyof typeof subjects,
      Cost[]
    >;
    if (warmUp) for (const name of names) await subjects[name]();
    let kept = 0;
    let lost = 0;
    const startedMs = now();
    const enoughMs = wanted >= HEADLINE_ROUNDS ? ENOUGH_FOR_HEADLINE_MS : ENOUGH_MS;
    const isEnough = () =>
      policy.rounds === null && kept >= leastRounds(wanted) && now() - startedMs > enoughMs;
    while (kept < rounds && !isEnough()) {
      if (!policy.acceptsBusyMachine) await untilQuiet();
      const work = watchOtherWork();
      const round: [keyof typeof subjects, Cost][] = [];
      // Each begins as often as any other.
      for (const name of rotate(names, kept)) {
        if (memoryBytes > 0) claimMemory(memoryBytes);
        round.push([name, await subjects[name]()]);
      }
      const cores = work.coresSince();
      if (cores > MAX_OTHER_CORES && !policy.acceptsBusyMachine) {
        lost += 1;
        if (lost > Math.max(rounds, LEAST_LOST_ROUNDS)) throw new MachineBusyError(cores);
        continue;
      }
      kept += 1;
      for (const [name, cost] of round) costs[name].push(cost);
      policy.onProgress(`round ${kept} of ${rounds}`);
    }
    return costs;
  };
}

function rotate<T>(items: readonly T[], by: number): T[] {
  const start = by % Math.max(1, items.length);
  return [...items.slice(start), ...items.slice(0, start)];
}
