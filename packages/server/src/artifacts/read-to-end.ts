/** Reads and forgets. */
export async function readToEnd(
  source: AsyncIterable<Uint8Array>,
  signal?: AbortSignal,
): Promise<void> {
  const iterator = source[Symbol.asyncIterator]();
  while ((await iterator.next()).done !== true) signal?.throwIfAborted();
}
