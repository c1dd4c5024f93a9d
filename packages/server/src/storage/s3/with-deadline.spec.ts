import { getEventListeners } from 'node:events';
import { withDeadline } from './with-deadline.ts';

const never = () => new Promise<never>(() => undefined);

it('passes on what the work brings, and what it throws', async () => {
  expect(await withDeadline(() => Promise.resolve(7), { timeoutMs: 1_000 })).toBe(7);
  const failing = withDeadline(() => Promise.reject(new Error('broken')), { timeoutMs: null });
  await expect(failing).rejects.toThrow('broken');
});

it('waits no longer for work that does not heed its signal', async () => {
  await expect(withDeadline(never, { timeoutMs: 10 })).rejects.toMatchObject({
    name: 'TimeoutError',
    message: 'no answer within 10 ms',
  });
});

it('gives the reason of the caller, not what the work makes of it', async () => {
  const controller = new AbortController();
  const working = withDeadline(
    (signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          reject(new Error('Request aborted'));
        });
      }),
    { timeoutMs: null, signal: controller.signal },
  );
  controller.abort(new Error('enough'));
  await expect(working).rejects.toThrow('enough');
});

it('begins nothing when the caller has given up before', async () => {
  let hasBegun = false;
  const work = () => {
    hasBegun = true;
    return never();
  };
  const signal = AbortSignal.abort(new Error('enough'));
  await expect(withDeadline(work, { timeoutMs: null, signal })).rejects.toThrow('enough');
  expect(hasBegun).toBe(false);
});

it('leaves the work alone once it is done', async () => {
  const controller = new AbortController();
  let own: AbortSignal | undefined;
  await withDeadline(
    (signal) => {
      own = signal;
      return Promise.resolve();
    },
    { timeoutMs: 1_000, signal: controller.signal },
  );
  controller.abort();
  expect(own?.aborted).toBe(false);
  expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
});
