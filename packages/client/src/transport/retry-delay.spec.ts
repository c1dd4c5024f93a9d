import { parseRetryAfterMs, retryDelayMs } from './retry-delay.ts';

describe('the wait before another attempt', () => {
  it('is anything up to a window that doubles until it reaches its limit', () => {
    const longest = [0, 1, 2, 3, 4, 5, 9].map((attempt) =>
      retryDelayMs({ attempt, retryAfterMs: null, random: () => 1 }),
    );
    expect(longest).toEqual([250, 500, 1000, 2000, 4000, 4000, 4000]);
    expect(retryDelayMs({ attempt: 5, retryAfterMs: null, random: () => 0 })).toBe(0);
  });

  it('is what the server asks for, up to ten seconds', () => {
    const waits = [0, 3_000, 60_000].map((retryAfterMs) =>
      retryDelayMs({ attempt: 0, retryAfterMs, random: () => 1 }),
    );
    expect(waits).toEqual([0, 3_000, 10_000]);
  });
});

describe('a Retry-After header', () => {
  const nowMs = Date.UTC(2026, 0, 1);

  it.each([
    ['5', 5_000],
    ['0', 0],
    ['Thu, 01 Jan 2026 00:00:07 GMT', 7_000],
    ['Wed, 31 Dec 2025 00:00:00 GMT', 0],
    ['soon', null],
    [null, null],
  ])('of %p means %p ms', (value, expected) => {
    expect(parseRetryAfterMs(value, nowMs)).toBe(expected);
  });
});
