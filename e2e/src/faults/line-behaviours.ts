import { type Bandwidth } from './bandwidth.ts';
import { type Behaviour, type Exchange, passOn } from './faulty-line.ts';

/** What happens to requests of one kind; the others pass. */
function only(kind: Exchange['kind'], behaviour: Behaviour): Behaviour {
  return (exchange) => (exchange.kind === kind ? behaviour(exchange) : passOn(exchange));
}

/** Refuses every upload without waiting for its bytes, as a proxy with a limit does. */
export function refuseUploads(status: number, body = ''): Behaviour {
  return only('upload', ({ request, response }) => {
    request.resume();
    response.writeHead(status, { 'content-type': 'application/json' }).end(body);
    return Promise.resolve();
  });
}

/** One byte in the middle of each hit arrives as another one. */
export const flipBytes: Behaviour = only('lookup', async ({ ask, answer }) => {
  const { body, ...rest } = await ask();
  const flipped = Buffer.from(body);
  const middle = Math.floor(flipped.length / 2);
  if (rest.status === 200) flipped.writeUInt8(flipped.readUInt8(middle) ^ 0xff, middle);
  answer({ ...rest, body: flipped });
});

/** Each hit is shorter than it was stored, and announced so, as from a disk that lost its end. */
export const shortenHits: Behaviour = only('lookup', async ({ ask, answer }) => {
  const { status, headers, body } = await ask();
  if (status !== 200) {
    answer({ status, headers, body });
    return;
  }
  const half = body.subarray(0, body.length / 2);
  answer({ status, headers: { ...headers, 'content-length': String(half.length) }, body: half });
});

/** The connection breaks in the middle of each hit. */
export const breakHitsOff: Behaviour = only('lookup', async (exchange) => {
  const { status, headers, body } = await exchange.ask();
  if (status !== 200) {
    exchange.answer({ status, headers, body });
    return;
  }
  exchange.response.writeHead(status, headers);
  exchange.response.write(body.subarray(0, body.length / 2), () => {
    exchange.cut();
  });
});

/** How fast a line carries what is uploaded, and what is downloaded. */
export interface SlowLine {
  readonly up: Bandwidth;
  readonly down: Bandwidth;
}

/** All bodies that go in the same direction share its bandwidth. */
export function throttle({ up, down }: SlowLine): Behaviour {
  return async ({ request, response, ask }) => {
    const chunks: Buffer[] = [];
    // Not to read on slows the sender down.
    for await (const chunk of request as AsyncIterable<Buffer>) {
      await up.take(chunk.length);
      chunks.push(chunk);
    }
    const { status, headers, body } = await ask(Buffer.concat(chunks));
    response.writeHead(status, headers);
    for (let sent = 0; sent < body.length; sent += SLICE_BYTES) {
      const slice = body.subarray(sent, sent + SLICE_BYTES);
      await down.take(slice.length);
      if (response.destroyed) return;
      response.write(slice);
    }
    response.end();
  };
}

/** Small, so that what is sent at the same time takes turns. */
const SLICE_BYTES = 2_000;
