import { setTimeout as delay } from 'node:timers/promises';

const INTERVAL_MS = 20;

/**
 * Waits until a condition outside of this process holds.
 *
 * @param what completes "Waited in vain until …"
 */
export async function waitUntil(
  what: string,
  condition: () => Promise<boolean>,
  { timeoutMs = 30_000 }: { readonly timeoutMs?: number } = {},
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`Waited in vain until ${what}.`);
    await delay(INTERVAL_MS);
  }
}
