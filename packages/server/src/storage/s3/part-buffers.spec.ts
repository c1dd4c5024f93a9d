import { setImmediate as yieldTurn } from 'node:timers/promises';
import { createPartBuffers, PART_BYTES, type PartBuffer } from './part-buffers.ts';

async function stateOf(taking: Promise<PartBuffer>): Promise<string> {
  const state = Promise.race([taking.then(() => 'taken'), yieldTurn('waiting')]);
  return state;
}

it('gives as much memory as was asked for', async () => {
  const buffers = createPartBuffers();
  for (const sizeBytes of [0, 1, PART_BYTES, PART_BYTES + 1]) {
    expect((await buffers.take(sizeBytes)).bytes).toHaveLength(sizeBytes);
  }
});

it('has whoever finds nothing left wait for its turn', async () => {
  const buffers = createPartBuffers({ maxParts: 2 });
  const first = await buffers.take(1);
  await buffers.take(PART_BYTES);
  const third = buffers.take(1);
  const fourth = buffers.take(1);
  expect(await stateOf(third)).toBe('waiting');
  first.giveBack();
  first.giveBack();
  expect([await stateOf(third), await stateOf(fourth)]).toEqual(['taken', 'waiting']);
});

it('uses memory again', async () => {
  const buffers = createPartBuffers({ maxParts: 1 });
  const first = await buffers.take(10);
  first.giveBack();
  expect((await buffers.take(20)).bytes.buffer).toBe(first.bytes.buffer);
});

it('lets a large part have what is left of all, and no other before it', async () => {
  const buffers = createPartBuffers({ maxParts: 3 });
  const [first, second] = [await buffers.take(1), await buffers.take(1)];
  const large = buffers.take(100 * PART_BYTES);
  const small = buffers.take(1);
  first.giveBack();
  expect([await stateOf(large), await stateOf(small)]).toEqual(['waiting', 'waiting']);
  second.giveBack();
  expect([await stateOf(large), await stateOf(small)]).toEqual(['taken', 'waiting']);
  (await large).giveBack();
  expect(await stateOf(small)).toBe('taken');
});

it('forgets who no longer waits, and lets those behind it go on', async () => {
  const buffers = createPartBuffers({ maxParts: 2 });
  await buffers.take(1);
  const controller = new AbortController();
  const large = buffers.take(2 * PART_BYTES, controller.signal);
  const small = buffers.take(1);
  expect(await stateOf(small)).toBe('waiting');
  controller.abort(new Error('enough'));
  await expect(large).rejects.toThrow('enough');
  expect(await stateOf(small)).toBe('taken');
  await expect(buffers.take(1, controller.signal)).rejects.toThrow('enough');
});
