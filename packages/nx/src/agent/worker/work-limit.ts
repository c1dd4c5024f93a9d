/**
 * Runs work at once or, when as much as allowed is under way, as soon as its turn has come. The signal
 * ends the wait for the turn: the call then rejects with its reason and the work is never begun.
 */
export type WorkLimit = <T>(work: () => Promise<T>, signal?: AbortSignal) => Promise<T>;

export function createWorkLimit(maxAtOnce: number): WorkLimit {
  const waiting = new Set<() => void>();
  let active = 0;

  function turn(signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const begin = () => {
        signal?.removeEventListener('abort', leave);
        waiting.delete(begin);
        resolve();
      };
      const leave = () => {
        waiting.delete(begin);
        reject(signal?.reason as Error);
      };
      waiting.add(begin);
      signal?.addEventListener('abort', leave, { once: true });
    });
  }

  return async (work, signal) => {
    signal?.throwIfAborted();
    // Whoever ends hands its place on, so that nobody can overtake those who wait.
    if (active < maxAtOnce) active += 1;
    else await turn(signal);
    try {
      return await work();
    } finally {
      const [next] = waiting;
      if (next) next();
      else active -= 1;
    }
  };
}
