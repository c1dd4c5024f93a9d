import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type StartLine } from '../larder-server/start-larder-server.ts';

export interface Transfer {
  readonly hash: string;
  readonly sizeBytes: number;
}

const CHUNK = Buffer.alloc(1_000_000, 'larder');

/** Uploads an artifact as fast as the server takes it. */
export async function upload(server: StartLine, { hash, sizeBytes }: Transfer): Promise<void> {
  const outgoing = open(server, hash, 'PUT', { 'content-length': sizeBytes });
  const answered = once(outgoing, 'response');
  await pipeline(Readable.from(chunksOf(sizeBytes)), outgoing);
  const [incoming] = (await answered) as [IncomingMessage];
  incoming.resume();
  if (incoming.statusCode !== 202)
    throw new Error(`An upload is answered with ${incoming.statusCode ?? 'nothing'}.`);
}

/** Downloads an artifact as fast as the server sends it. */
export async function download(server: StartLine, { hash, sizeBytes }: Transfer): Promise<void> {
  const outgoing = open(server, hash, 'GET', {});
  const answered = once(outgoing, 'response');
  outgoing.end();
  const [incoming] = (await answered) as [IncomingMessage];
  let seenBytes = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) seenBytes += chunk.length;
  if (seenBytes !== sizeBytes) throw new Error(`Only ${seenBytes} bytes came.`);
}

function open(
  { url, token }: StartLine,
  hash: string,
  method: string,
  headers: Readonly<Record<string, number>>,
) {
  return request(`${url}/v8/artifacts/${hash}`, {
    method,
    headers: { authorization: `Bearer ${token}`, ...headers },
    agent: false,
  });
}

function* chunksOf(sizeBytes: number): Generator<Buffer> {
  for (let left = sizeBytes; left > 0; left -= CHUNK.length) {
    yield left >= CHUNK.length ? CHUNK : CHUNK.subarray(0, left);
  }
}
