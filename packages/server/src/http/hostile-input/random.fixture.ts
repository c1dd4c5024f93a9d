/** Chance that is the same each time for the same seed. */
export interface Random {
  /** A whole number, both bounds included. */
  integer(least: number, most: number): number;
  pick<T>(items: readonly T[]): T;
  /** True in one of `outOf` cases. */
  isOne(outOf: number): boolean;
  bytes(length: number): Buffer;
  /** As many items, each by itself. */
  list<T>(length: number, item: () => T): T[];
}

export function createRandom(seed: number): Random {
  // Neighbouring seeds must not begin alike; zero would stay zero.
  let state = Math.imul(seed + 1, 0x9e3779b1) | 1;

  /** Xorshift, 32 bits. */
  function next(): number {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  }
  for (let round = 0; round < 8; round += 1) next();

  const integer = (least: number, most: number) => least + (next() % (most - least + 1));
  const list = <T>(length: number, item: () => T) => Array.from({ length }, item);
  return {
    integer,
    list,
    pick: <T>(items: readonly T[]) => {
      if (items.length === 0) throw new RangeError('There is nothing to pick from.');
      return items[integer(0, items.length - 1)] as T;
    },
    isOne: (outOf) => integer(1, outOf) === 1,
    bytes: (length) => Buffer.from(Buffer.alloc(length).map(next)),
  };
}
