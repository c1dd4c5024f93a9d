import { type ServerPulse } from './server-pulse.ts';

/** What an attempt waits for: the head of the answer, or the next byte of a body. */
export type WaitPhase = 'firstByte' | 'stall';

/** How often the head of an answer is waited for anew, because others are being answered. */
const MAX_RENEWED_WAITS = 3;

export interface WatchdogOptions {
  firstByteTimeoutMs: number;
  stallTimeoutMs: number;
  pulse: ServerPulse;
  onExpired: (phase: WaitPhase) => void;
}

/** One timer for the one thing that an attempt waits for at a time. */
export interface Watchdog {
  /** Starts waiting, instead of whatever was waited for before. */
  arm(phase: WaitPhase): void;
  /** Something moved: starts the wait anew. */
  touch(): void;
  disarm(): void;
}

export function createWatchdog(options: WatchdogOptions): Watchdog {
  let timer: NodeJS.Timeout | null = null;
  let moves = 0;

  function disarm(): void {
    moves += 1;
    if (timer !== null) clearTimeout(timer);
    timer = null;
  }

  function arm(phase: WaitPhase, renewals = 0): void {
    disarm();
    const beats = options.pulse.count();
    const ms = phase === 'firstByte' ? options.firstByteTimeoutMs : options.stallTimeoutMs;
    timer = setTimeout(() => {
      // A process that was too busy to read finds its timers due before it looks at its sockets:
      // what has already arrived gets the turn of the event loop that it was denied.
      const movesBefore = moves;
      setImmediate(() => {
        if (moves !== movesBefore) return;
        // Many requests at once, or a busy machine: the server is there, and this one is in a queue.
        const isServerAlive = phase === 'firstByte' && options.pulse.count() !== beats;
        if (isServerAlive && renewals < MAX_RENEWED_WAITS) arm(phase, renewals + 1);
        else options.onExpired(phase);
      });
    }, ms);
  }

  return {
    arm: (phase) => {
      arm(phase);
    },
    touch() {
      moves += 1;
      timer?.refresh();
    },
    disarm,
  };
}
