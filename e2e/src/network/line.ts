/** What one direction of a network is like. */
export interface LineShape {
  /** From the moment when the last byte of a chunk has left until it arrives. */
  readonly delayMs: number;
  /** Shared by all connections; `null` is no limit. */
  readonly megabitsPerSecond: number | null;
}

/** When a chunk has left the sender and when it is there, in milliseconds of `performance.now()`. */
export interface Passage {
  readonly leftAtMs: number;
  readonly arrivesAtMs: number;
}

/** One direction of a network that all connections share: what comes first is sent first. */
export interface Line {
  send(sizeBytes: number, nowMs: number): Passage;
}

export function createLine({ delayMs, megabitsPerSecond }: LineShape): Line {
  const bytesPerMs = megabitsPerSecond === null ? Infinity : (megabitsPerSecond * 1000) / 8;
  let freeAtMs = 0;
  return {
    send(sizeBytes, nowMs) {
      freeAtMs = Math.max(freeAtMs, nowMs) + sizeBytes / bytesPerMs;
      return { leftAtMs: freeAtMs, arrivesAtMs: freeAtMs + delayMs };
    },
  };
}
