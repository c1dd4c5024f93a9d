import { fits, sumByTeam, type Demand, type SizeLimits, type TeamBytes } from './find-excess.ts';

/** The room that one upload takes. Whoever has it must release it. */
export interface Reservation {
  /**
   * Resolves once the artifact may be stored without going beyond a limit; then it has to be stored
   * at once, or released.
   *
   * @throws LarderError `LARDER_SERVER_STORAGE_FAILED` when no room can be made; the reason of the
   * signal.
   */
  whenRoom(signal?: AbortSignal): Promise<void>;
  /** To be called when the artifact is stored, or will not be. */
  release(): void;
}

/** Uploads in flight: how much they will add, and which of them wait for room. */
export interface Reservations {
  add(team: string, bytes: number): Reservation;
  count(): number;
  /** What all of them will add. */
  reserved(): TeamBytes;
  /** What those will add that have been let through and are not stored yet. */
  granted(): TeamBytes;
  /**
   * Lets those through that fit in besides a demand.
   *
   * @returns how many these are.
   */
  grant(demand: Demand, limits: SizeLimits): number;
  /** Lets the one through that waits longest; for when there is nothing that could make room. */
  grantFirst(): void;
  /** Fails those that wait. */
  fail(error: unknown): void;
}

interface Entry {
  team: string;
  bytes: number;
  isGranted: boolean;
  waiter: { resolve: () => void; reject: (reason: unknown) => void } | null;
}

/** @param onChange - Called when there is something new to decide. */
export function createReservations(onChange: () => void): Reservations {
  const entries = new Set<Entry>();
  const waiting = () => [...entries].filter((entry) => entry.waiter !== null);

  function letThrough(entry: Entry): void {
    entry.isGranted = true;
    entry.waiter?.resolve();
    entry.waiter = null;
  }

  function fail(some: readonly Entry[], error: unknown): void {
    for (const entry of some) {
      entry.waiter?.reject(error);
      entry.waiter = null;
    }
  }

  return {
    add(team, bytes) {
      const entry: Entry = { team, bytes, isGranted: false, waiter: null };
      entries.add(entry);
      onChange();
      return {
        async whenRoom(signal) {
          signal?.throwIfAborted();
          const onAbort = () => {
            fail([entry], signal?.reason);
          };
          signal?.addEventListener('abort', onAbort, { once: true });
          try {
            await new Promise<void>((resolve, reject) => {
              entry.waiter = { resolve, reject };
              onChange();
            });
          } finally {
            signal?.removeEventListener('abort', onAbort);
          }
        },
        release() {
          if (entries.delete(entry)) onChange();
        },
      };
    },

    count: () => entries.size,
    reserved: () => sumByTeam(entries),
    granted: () => sumByTeam([...entries].filter(({ isGranted }) => isGranted)),

    grant({ used, reserved }, limits) {
      const taken = new Map(reserved);
      let count = 0;
      for (const entry of waiting()) {
        if (!fits(entry, { used, reserved: taken }, limits)) continue;
        taken.set(entry.team, (taken.get(entry.team) ?? 0) + entry.bytes);
        letThrough(entry);
        count += 1;
      }
      return count;
    },

    grantFirst() {
      const [first] = waiting();
      if (first !== undefined) letThrough(first);
    },

    fail(error) {
      fail(waiting(), error);
    },
  };
}
