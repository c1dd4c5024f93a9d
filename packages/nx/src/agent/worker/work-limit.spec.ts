import { createGate } from '../../testing/test-bed.fixture.ts';
import { createWorkLimit } from './work-limit.ts';

const aTurn = () => new Promise((resolve) => setImmediate(resolve));

describe('a limit of work', () => {
  it('lets so much run at the same time, and the rest in turn', async () => {
    const limit = createWorkLimit(2);
    const gates = Array.from({ length: 5 }, createGate);
    const started: number[] = [];
    const results = gates.map((gate, index) =>
      limit(async () => {
        started.push(index);
        await gate.opened;
        return index;
      }),
    );
    await aTurn();
    expect(started).toEqual([0, 1]);
    gates[1]!.open();
    await aTurn();
    expect(started).toEqual([0, 1, 2]);
    for (const gate of gates) gate.open();
    expect(await Promise.all(results)).toEqual([0, 1, 2, 3, 4]);
    expect(started).toEqual([0, 1, 2, 3, 4]);
  });

  it('hands a failure on, and goes on after it', async () => {
    const limit = createWorkLimit(1);
    const failure = new Error('of the work');
    const failed = limit(() => Promise.reject(failure));
    const next = limit(() => Promise.resolve('next'));
    await expect(failed).rejects.toBe(failure);
    await expect(next).resolves.toBe('next');
    await expect(limit(() => Promise.resolve('last'))).resolves.toBe('last');
  });

  it('lets those go that do not want to wait any longer', async () => {
    const limit = createWorkLimit(1);
    const gate = createGate();
    const first = limit(() => gate.opened);
    const patience = new AbortController();
    const begun: string[] = [];
    const impatient = limit(() => Promise.resolve(begun.push('impatient')), patience.signal);
    const patient = limit(() => Promise.resolve(begun.push('patient')));
    const reason = new Error('of the impatient');
    patience.abort(reason);
    await expect(impatient).rejects.toBe(reason);
    gate.open();
    await Promise.all([first, patient]);
    expect(begun).toEqual(['patient']);
  });
});
