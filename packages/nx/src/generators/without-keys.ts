/** An object without some of its keys; the very same when it has none of them. */
export function withoutKeys<T extends object>(object: T, keys: readonly string[]): T {
  const entries = Object.entries(object);
  const kept = entries.filter(([key]) => !keys.includes(key));
  return kept.length === entries.length ? object : (Object.fromEntries(kept) as T);
}
