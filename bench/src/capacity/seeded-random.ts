/** Chance that is the same for the same seed. */
export interface SeededRandom {
  /** From 0 to, but not including, 1. */
  next(): number;
  /** A whole number from 0 to, but not including, `end`. */
  below(end: number): number;
  exponential(mean: number): number;
  /** With mean 0 and deviation 1. */
  normal(): number;
  /** A whole number from 1 up. */
  geometric(mean: number): number;
}

/** Mulberry32: 32 bits of state, more than good enough for the arrival of builds. */
export function createSeededRandom(seed: number): SeededRandom {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
  // The logarithm of 0 is nothing to wait for.
  const positive = () => 1 - next();
  return {
    next,
    below: (end) => Math.floor(next() * end),
    exponential: (mean) => -mean * Math.log(positive()),
    normal: () => Math.sqrt(-2 * Math.log(positive())) * Math.cos(2 * Math.PI * next()),
    geometric: (mean) =>
      mean <= 1 ? 1 : 1 + Math.floor(Math.log(positive()) / Math.log(1 - 1 / mean)),
  };
}
