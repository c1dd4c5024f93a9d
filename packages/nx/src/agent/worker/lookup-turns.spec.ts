import { createGate } from '../../testing/test-bed.fixture.ts';
import { createLookupTurns } from './lookup-turns.ts';

const tooLong = { code: 'LARDER_AGENT_LOOKUP_QUEUED_TOO_LONG' };

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

/** Turns for one lookup at a time, of which one is under way until the gate opens. */
function occupied() {
  const turns = createLookupTurns({ maxAtOnce: 1, patienceMs: 1000 });
  const gate = createGate();
  const first = turns.take(() => gate.opened);
  const outcomes: string[] = [];
  const second = turns
    .take(() => Promise.resolve('had its turn'))
    .catch((error: unknown) => (error as { code: string }).code);
  void second.then((outcome) => outcomes.push(outcome));
  return { turns, gate, first, second, outcomes };
}

describe('a lookup', () => {
  it('is given up when its turn does not come and nothing else does', async () => {
    const { second, outcomes } = occupied();
    await jest.advanceTimersByTimeAsync(999);
    expect(outcomes).toEqual([]);
    await jest.advanceTimersByTimeAsync(1);
    expect(await second).toBe(tooLong.code);
  });

  it('waits for its turn as long as artifacts keep coming', async () => {
    const { turns, gate, second, outcomes } = occupied();
    for (let artifact = 0; artifact < 10; artifact += 1) {
      await jest.advanceTimersByTimeAsync(999);
      turns.noteArrival();
    }
    expect(outcomes).toEqual([]);
    gate.open();
    expect(await second).toBe('had its turn');
  });

  it('has all the time that its work takes once it has its turn', async () => {
    const { gate, first } = occupied();
    await jest.advanceTimersByTimeAsync(5000);
    gate.open();
    await expect(first).resolves.toBeUndefined();
  });

  it('that is given up leaves its turn to the next one', async () => {
    const { turns, gate, second } = occupied();
    await jest.advanceTimersByTimeAsync(500);
    const third = turns.take(() => Promise.resolve('third'));
    await jest.advanceTimersByTimeAsync(500);
    expect(await second).toBe(tooLong.code);
    gate.open();
    expect(await third).toBe('third');
  });

  it('leaves no timer behind', async () => {
    const { gate, second } = occupied();
    gate.open();
    await second;
    expect(jest.getTimerCount()).toBe(0);
  });
});
