import { createEventQueue } from './event-queue.ts';
import { createSeededRandom } from './seeded-random.ts';

it('gives what is due first, whatever the order in which it came', () => {
  const random = createSeededRandom(1);
  const queue = createEventQueue<{ atMs: number }>();
  const taken: number[] = [];
  let pushed = 0;
  while (taken.length < 5_000) {
    if (pushed < 5_000 && random.next() < 0.6) {
      // Nothing comes before what was taken last.
      queue.push({ atMs: (taken.at(-1) ?? 0) + random.below(50) });
      pushed += 1;
    } else {
      const event = queue.pop();
      if (event !== null) taken.push(event.atMs);
    }
  }
  expect(taken).toEqual([...taken].sort((a, b) => a - b));
  expect(queue.pop()).toBeNull();
});
