import { createInTurns } from './in-turns.ts';

const cost = (wallMs: number) => ({ cpuMs: 0, wallMs, peakRssMb: null });

describe('subjects in turns', () => {
  it('are warmed up once, and begin as often as each other', async () => {
    const order: string[] = [];
    const subject = (name: string) => () => {
      order.push(name);
      return Promise.resolve(cost(order.length));
    };
    const inTurns = createInTurns({
      rounds: null,
      acceptsBusyMachine: true,
      onProgress: () => undefined,
    });
    const turns = await inTurns({ a: subject('a'), b: subject('b') }, { rounds: 3 });
    expect(order.join('')).toBe('ab' + 'ab' + 'ba' + 'ab');
    expect(turns.a.map(({ wallMs }) => wallMs)).toEqual([3, 6, 7]);
    expect(turns.b.map(({ wallMs }) => wallMs)).toEqual([4, 5, 8]);
  });

  it.each([
    { rounds: 10, roundMs: 28_000, taken: 9 },
    { rounds: 10, roundMs: 60_000, taken: 5 },
    { rounds: 5, roundMs: 8_000, taken: 4 },
    { rounds: 5, roundMs: 40_000, taken: 3 },
    { rounds: 3, roundMs: 40_000, taken: 3 },
  ])('take $taken of $rounds rounds of $roundMs ms', async ({ rounds, roundMs, taken }) => {
    let nowMs = 0;
    const inTurns = createInTurns(
      {
        rounds: null,
        acceptsBusyMachine: true,
        onProgress: () => undefined,
      },
      () => nowMs,
    );
    const turns = await inTurns(
      {
        a: () => {
          nowMs += roundMs;
          return Promise.resolve(cost(roundMs));
        },
      },
      { rounds, warmUp: false },
    );
    expect(turns.a).toHaveLength(taken);
  });

  it('take as many rounds as the command line says', async () => {
    const inTurns = createInTurns({
      rounds: 1,
      acceptsBusyMachine: true,
      onProgress: () => undefined,
    });
    const turns = await inTurns({ a: () => Promise.resolve(cost(1)) }, { rounds: 10 });
    expect(turns.a).toHaveLength(1);
  });
});
