import { once } from 'node:events';
import { PassThrough, Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { ObjectStream, type ObjectStreamOptions } from './object-stream.ts';

const CONTENT = Buffer.alloc(3 * 1024 ** 2, 'larder');

/** A connection that brings these bytes and then breaks. */
function broken(bytes: Uint8Array): Readable {
  return Readable.from(
    (async function* () {
      yield* pieces(bytes);
      await Promise.resolve();
      throw new Error('broken');
    })(),
  );
}

function* pieces(bytes: Uint8Array): Generator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += 65_536) {
    yield bytes.subarray(start, start + 65_536);
  }
}

function createStream(body: Readable, options: Partial<ObjectStreamOptions> = {}): ObjectStream {
  return new ObjectStream(body, {
    sizeBytes: CONTENT.length,
    idleTimeoutMs: 10_000,
    reopen: (position) => Promise.resolve(Readable.from(pieces(CONTENT.subarray(position)))),
    failed: (cause) => new Error('reading failed', { cause }),
    ...options,
  });
}

it.each([0, 1, 65_536, 1_000_003])('passes on %i bytes and ends', async (sizeBytes) => {
  const content = CONTENT.subarray(0, sizeBytes);
  const stream = createStream(Readable.from(pieces(content)), { sizeBytes });
  expect((await buffer(stream)).equals(content)).toBe(true);
});

it('goes on where a connection broke, as often as one brings much', async () => {
  const positions: number[] = [];
  const stream = createStream(broken(CONTENT.subarray(0, 100_000)), {
    reopen(position) {
      positions.push(position);
      return Promise.resolve(broken(CONTENT.subarray(position, position + 1024 ** 2)));
    },
  });
  expect((await buffer(stream)).equals(CONTENT)).toBe(true);
  expect(positions).toEqual([100_000, 1_148_576, 2_197_152]);
});

it('gives up when one after the other brings little', async () => {
  let count = 0;
  const stream = createStream(broken(CONTENT.subarray(0, 10)), {
    reopen(position) {
      count += 1;
      return Promise.resolve(broken(CONTENT.subarray(position, position + 10)));
    },
  });
  await expect(buffer(stream)).rejects.toMatchObject({
    cause: { message: `the download broke off after 60 of ${CONTENT.length} bytes: broken` },
  });
  expect(count).toBe(5);
});

it('takes a connection that ends early for a broken one', async () => {
  const stream = createStream(Readable.from(pieces(CONTENT.subarray(0, 10))));
  expect((await buffer(stream)).equals(CONTENT)).toBe(true);
});

it('fails when a connection brings too much', async () => {
  const stream = createStream(Readable.from(pieces(CONTENT)), { sizeBytes: 10 });
  await expect(buffer(stream)).rejects.toThrow('reading failed');
});

it('goes on with another connection when nothing comes over one', async () => {
  const silent = new PassThrough();
  silent.write(CONTENT.subarray(0, 10));
  const stream = createStream(silent, { idleTimeoutMs: 20 });
  expect((await buffer(stream)).equals(CONTENT)).toBe(true);
  expect(silent.destroyed).toBe(true);
});

it('fails when the object cannot be opened again', async () => {
  const failure = new Error('it is gone');
  const stream = createStream(broken(CONTENT.subarray(0, 10)), {
    reopen: () => Promise.reject(failure),
  });
  await expect(buffer(stream)).rejects.toMatchObject({ cause: failure });
});

it('ends its connection when it is destroyed', async () => {
  const body = new PassThrough();
  const stream = createStream(body).resume();
  stream.destroy();
  await once(stream, 'close');
  expect(body.destroyed).toBe(true);
});

it('gives up opening the object again when it is destroyed', async () => {
  let hasBegun: () => void = () => undefined;
  const begun = new Promise<void>((resolve) => {
    hasBegun = resolve;
  });
  let closing: AbortSignal | undefined;
  const late = new PassThrough();
  let open: (body: Readable) => void = () => undefined;
  const stream = createStream(broken(CONTENT.subarray(0, 10)), {
    reopen(_position, signal) {
      closing = signal;
      hasBegun();
      return new Promise((resolve) => {
        open = resolve;
      });
    },
  }).resume();
  await begun;
  stream.destroy();
  expect(closing?.aborted).toBe(true);
  open(late);
  await once(late, 'close');
});
