/** Runs work at once or, when as much as allowed is under way, as soon as its turn has come. */
export type WorkLimit = <T>(work: () => Promise<T>) => Promise<T>;

export function createWorkLimit(maxAtOnce: number): WorkLimit {
  const waiting: (() => void)[] = [];
  let active = 0;

  return async (work) => {
    // Whoever ends hands its place on, so that nobody can overtake those who wait.
    if (active < maxAtOnce) active += 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else active -= 1;
    }
  };
}
