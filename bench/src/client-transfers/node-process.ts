// A process that is measured: does what the client does with nothing but Node's own modules. Its
// argument is `hashing` or `bare`: whether it makes and verifies tags, and the size of its reads.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { Agent, type IncomingMessage, request } from 'node:http';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { repeat } from '../processes/repeat.ts';
import { serveTasks } from '../processes/serve-tasks.ts';
import { readToEnd } from './read-to-end.ts';
import { type Transfer } from './transfer.ts';

const isHashing = process.argv[2] === 'hashing';
const highWaterMark = Number(process.argv[3]);
const agent = new Agent({ keepAlive: true });

const ACTIONS = { put, getToFile, get };

serveTasks((transfer: Transfer) =>
  repeat(transfer.count, () => ACTIONS[transfer.action](transfer)),
);

async function put({ port, file, sizeBytes }: Transfer): Promise<void> {
  const sending = request({
    agent,
    port,
    host: '127.0.0.1',
    method: 'PUT',
    path: '/v8/artifacts/abc',
    headers: {
      authorization: 'Bearer bench',
      'content-length': sizeBytes,
      'content-type': 'application/octet-stream',
      'x-artifact-tag': isHashing ? await computeTag(file) : 'none',
    },
  });
  const answered = once(sending, 'response') as Promise<[IncomingMessage]>;
  await pipeline(createReadStream(file, { highWaterMark }), sending);
  const [answer] = await answered;
  await once(answer.resume(), 'end');
}

async function computeTag(file: string): Promise<string> {
  const hash = createHash('sha256');
  const content = createReadStream(file, { highWaterMark });
  for await (const chunk of content as AsyncIterable<Buffer>) hash.update(chunk);
  return `sha256-${hash.digest('base64')}`;
}

async function getToFile({ port, target }: Transfer): Promise<void> {
  const answer = await ask(port);
  const file = createWriteStream(target, { highWaterMark });
  if (isHashing) {
    const check = createCheck(answer);
    await pipeline(answer, check.passing, file);
    check.verify();
  } else {
    await pipeline(answer, file);
  }
  await rm(target);
}

/** Whoever reads has the content before it is verified. */
async function get({ port, sizeBytes }: Transfer): Promise<void> {
  const answer = await ask(port);
  const check = createCheck(answer);
  await pipeline(answer, check.passing, (content: AsyncIterable<Buffer>) =>
    readToEnd(content, sizeBytes),
  );
  check.verify();
}

async function ask(port: number): Promise<IncomingMessage> {
  const asking = request({ agent, port, host: '127.0.0.1', path: '/v8/artifacts/abc' });
  asking.setHeader('authorization', 'Bearer bench').end();
  const [answer] = (await once(asking, 'response')) as [IncomingMessage];
  return answer;
}

function createCheck({ headers }: IncomingMessage): { passing: Transform; verify: () => void } {
  const hash = createHash('sha256');
  return {
    passing: new Transform({
      transform(chunk: Buffer, _encoding, callback) {
        hash.update(chunk);
        callback(null, chunk);
      },
    }),
    verify() {
      if (`sha256-${hash.digest('base64')}` !== headers['x-artifact-tag']) {
        throw new Error('The tag is wrong.');
      }
    },
  };
}
