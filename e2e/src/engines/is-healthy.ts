const TIMEOUT_MS = 2_000;

/** Whether a server of Swift on loopback says that it is well. */
export async function isHealthy(port: number): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const response = await fetch(`http://127.0.0.1:${port}/healthcheck`, { signal });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}
