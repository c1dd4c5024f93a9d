const TIMEOUT_MS = 5_000;

/** Many times what any issuer's keys take. */
const MAX_SIZE_BYTES = 512 * 1024;

/**
 * Fetches a JSON document within bounds of time and size, without following redirects.
 *
 * @throws Error that says what went wrong, of whatever kind.
 */
export async function fetchJson(url: string): Promise<unknown> {
  const response = await fetch(url, {
    redirect: 'error',
    headers: { accept: 'application/json' },
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  // Leaving the loop early cancels the rest.
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    if (response.status !== 200) throw new Error(`${url} answered with ${response.status}`);
    sizeBytes += chunk.length;
    if (sizeBytes > MAX_SIZE_BYTES) throw new Error(`${url} answered with too many bytes`);
    chunks.push(chunk);
  }
  if (response.status !== 200) throw new Error(`${url} answered with ${response.status}`);
  return JSON.parse(Buffer.concat(chunks).toString('utf8'));
}
