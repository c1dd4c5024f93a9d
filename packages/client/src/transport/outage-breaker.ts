export interface OutageBreakerOptions {
  failureThreshold: number;
  /** The threshold as long as no answer has ever come. */
  coldFailureThreshold: number;
  cooldownMs: number;
  monotonicNow: () => number;
}

/** What became of an attempt, as far as the health of the server is concerned. */
export type AttemptOutcome = 'healthy' | 'outage' | 'unknown';

/** The right to one attempt. */
export interface BreakerPermit {
  /** The head of an answer has arrived; a content may follow. */
  answered(status: number): void;
  /** The attempt is over; only the first call counts. */
  settle(outcome: AttemptOutcome): void;
}

/**
 * Stops asking a server that is down: after some outages in a row every attempt is refused for a
 * while, then a single one is let through to see whether the server is back. Attempts that were under
 * way together and fail together have met one outage: many at once are no proof of a long one.
 */
export interface OutageBreaker {
  /** Whether an attempt would be refused now. */
  isOpen(): boolean;
  /** null: refused. */
  acquire(): BreakerPermit | null;
}

export function createOutageBreaker(options: OutageBreakerOptions): OutageBreaker {
  let hasAnswered = false;
  let failuresInARow = 0;
  /** How many outages have been counted since the client exists. */
  let outages = 0;
  /** Not null while open; when that time has come, one attempt may probe. */
  let openUntil: number | null = null;
  let isProbing = false;

  function isOpen(): boolean {
    return openUntil !== null && (isProbing || options.monotonicNow() < openUntil);
  }

  function open(): void {
    openUntil = options.monotonicNow() + options.cooldownMs;
  }

  function close(): void {
    openUntil = null;
    failuresInARow = 0;
  }

  function recordFailure(isProbe: boolean): void {
    outages += 1;
    failuresInARow += 1;
    if (isProbe) {
      open();
    } else if (openUntil === null) {
      const { failureThreshold, coldFailureThreshold } = options;
      if (failuresInARow >= (hasAnswered ? failureThreshold : coldFailureThreshold)) open();
    }
  }

  return {
    isOpen,
    acquire() {
      if (isOpen()) return null;
      const isProbe = openUntil !== null;
      if (isProbe) isProbing = true;
      const outagesBefore = outages;
      let isSettled = false;
      let ownsProbe = isProbe;

      function endProbe(): void {
        if (ownsProbe) isProbing = false;
        ownsProbe = false;
      }

      return {
        answered(status) {
          hasAnswered = true;
          // A long download must not keep everybody else waiting for the end of the probe.
          if (ownsProbe && status < 500) {
            endProbe();
            close();
          }
        },
        settle(outcome) {
          if (isSettled) return;
          isSettled = true;
          const wasProbe = ownsProbe;
          endProbe();
          if (outcome === 'outage') {
            if (wasProbe || outages === outagesBefore) recordFailure(wasProbe);
          } else if (outcome === 'healthy') close();
        },
      };
    },
  };
}
