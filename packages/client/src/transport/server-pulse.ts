/** Shows whether the server answers anybody at all: whoever waits meanwhile does not wait in vain. */
export interface ServerPulse {
  /** An answer other than 5xx has arrived. */
  beat(): void;
  /** How many have; only differences matter. */
  count(): number;
}

export function createServerPulse(): ServerPulse {
  let beats = 0;
  return {
    beat() {
      beats += 1;
    },
    count: () => beats,
  };
}
