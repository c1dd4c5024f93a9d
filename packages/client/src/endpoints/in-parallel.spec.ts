import { forEachInParallel } from './in-parallel.ts';

describe('work in parallel', () => {
  it('is done for each item, for as many at once as allowed', async () => {
    const done: number[] = [];
    let open = 0;
    let mostOpen = 0;
    await forEachInParallel([1, 2, 3, 4, 5, 6, 7], 3, async (item) => {
      open += 1;
      mostOpen = Math.max(mostOpen, open);
      await new Promise(setImmediate);
      open -= 1;
      done.push(item);
    });
    expect(done).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(mostOpen).toBe(3);
  });

  it('fails with the first failure', async () => {
    const work = (item: number) =>
      item === 2 ? Promise.reject(new Error('Two')) : Promise.resolve();
    await expect(forEachInParallel([1, 2, 3], 2, work)).rejects.toThrow('Two');
  });
});
