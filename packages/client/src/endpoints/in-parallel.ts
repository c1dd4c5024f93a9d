/** Calls `work` for each of `items`, for at most `limit` of them at a time. */
export async function forEachInParallel<T>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  // One iterator for all of them: each takes the next item as soon as it is free.
  const waiting = items.values();
  async function workThroughItems(): Promise<void> {
    for (const item of waiting) await work(item);
  }
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, workThroughItems));
}
