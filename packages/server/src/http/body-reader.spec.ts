import { PassThrough } from 'node:stream';
import { setImmediate as yieldTurn } from 'node:timers/promises';
import { readBody } from './body-reader.ts';

const LONG_MS = 60_000;

const open = (request: PassThrough, stallTimeoutMs = LONG_MS) =>
  readBody(request, stallTimeoutMs)[Symbol.asyncIterator]();

async function readAll(request: PassThrough): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of readBody(request, LONG_MS)) {
    pieces.push(piece);
    await yieldTurn();
  }
  return Buffer.concat(pieces);
}

it.each([1, 7_919, 65_536, 1_000_000])('reads all that comes in pieces of %i', async (size) => {
  const request = new PassThrough();
  const count = Math.ceil(Math.min(1_000_000, size * 1_000) / size);
  const reading = readAll(request);
  for (let index = 0; index < count; index += 1) {
    if (!request.write(Buffer.alloc(size, index))) await yieldTurn();
  }
  request.end();
  const body = await reading;
  expect(body.length).toBe(size * count);
  expect(body.at(-1)).toBe((count - 1) & 255);
});

it('reads what had come and ended before it was asked', async () => {
  const request = new PassThrough();
  request.end('early');
  await yieldTurn();
  expect(String(await readAll(request))).toBe('early');
});

it('holds the client back while nobody reads', async () => {
  const request = new PassThrough({ highWaterMark: 65_536 });
  const body = open(request);
  request.write(Buffer.alloc(10));
  await body.next();
  let writtenBytes = 0;
  while (request.writableLength < 65_536) {
    request.write(Buffer.alloc(65_536));
    writtenBytes += 65_536;
    await yieldTurn();
    expect(writtenBytes).toBeLessThan(2_000_000);
  }
  request.end();
  const pieces: Uint8Array[] = [];
  for (let next = await body.next(); next.done !== true; next = await body.next()) {
    pieces.push(next.value);
  }
  const readBytes = Buffer.concat(pieces).length;
  expect(readBytes).toBe(writtenBytes);
});

it('gives a request up that brings nothing for too long, but only while something is waited for', async () => {
  const request = new PassThrough();
  const body = open(request, 50);
  request.write('a');
  expect(String((await body.next()).value)).toBe('a');
  // Longer than the deadline, which is for the client and not for the disk.
  const startedAt = performance.now();
  while (performance.now() - startedAt < 120) await yieldTurn();
  request.write('b');
  expect(String((await body.next()).value)).toBe('b');
  await expect(body.next()).rejects.toMatchObject({ code: 'LARDER_SERVER_UPLOAD_STALLED' });
});

it.each(['while it is waited for', 'before it is asked'])(
  'tells when the client goes away %s',
  async (when) => {
    const request = new PassThrough();
    request.on('error', () => undefined);
    const body = open(request);
    const expectation = async () => {
      await expect(body.next()).rejects.toMatchObject({ code: 'LARDER_SERVER_UPLOAD_ABORTED' });
    };
    const waited = when === 'while it is waited for' ? expectation() : null;
    request.destroy(new Error('reset'));
    await yieldTurn();
    await (waited ?? expectation());
  },
);

it('leaves the rest alone when it is stopped early', async () => {
  const request = new PassThrough();
  request.write('first');
  for await (const piece of readBody(request, LONG_MS)) {
    expect(String(piece)).toBe('first');
    break;
  }
  request.write('rest');
  await yieldTurn();
  expect(String(request.read())).toBe('rest');
  expect(request.destroyed).toBe(false);
});
