const FIRST_WINDOW_MS = 250;
const LAST_WINDOW_MS = 4_000;
const MAX_RETRY_AFTER_MS = 10_000;

/**
 * How long to wait after failed attempt number `attempt`, counted from 0: what the server asks for,
 * within reason; otherwise anything up to a window that doubles each time ("full jitter").
 */
export function retryDelayMs(options: {
  attempt: number;
  retryAfterMs: number | null;
  random: () => number;
}): number {
  if (options.retryAfterMs !== null) return Math.min(options.retryAfterMs, MAX_RETRY_AFTER_MS);
  const windowMs = Math.min(FIRST_WINDOW_MS * 2 ** options.attempt, LAST_WINDOW_MS);
  return Math.round(options.random() * windowMs);
}

/** Reads a Retry-After header (RFC 9110, 10.2.3): seconds or a date; null when it is neither. */
export function parseRetryAfterMs(value: string | null, nowMs: number): number | null {
  if (value === null) return null;
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1000;
  const dateMs = Date.parse(value);
  return Number.isNaN(dateMs) ? null : Math.max(0, dateMs - nowMs);
}
