// A process that is measured: sends requests with nothing but Node's own modules, over a connection
// that stays open, and makes and verifies tags as the client does.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { Agent, type IncomingMessage, type OutgoingHttpHeaders, request } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { repeat } from '../processes/repeat.ts';
import { serveTasks } from '../processes/serve-tasks.ts';
import { type Requests } from './requests.ts';

const agent = new Agent({ keepAlive: true });

serveTasks(({ action, port, sizeBytes, count }: Requests) => {
  const content = Buffer.alloc(sizeBytes, 'larder');
  return repeat(count, async () => {
    if (action === 'put') {
      const headers = {
        'content-length': sizeBytes,
        'content-type': 'application/octet-stream',
        'x-artifact-tag': tagOf(content),
      };
      await send({ port, method: 'PUT', headers }, content);
    } else if (action === 'head') {
      await send({ port, method: 'HEAD' });
    } else {
      const { headers, received } = await send({ port, method: 'GET' });
      if (headers['x-artifact-tag'] !== tagOf(received)) throw new Error('The tag is wrong.');
    }
  });
});

interface Sending {
  readonly port: number;
  readonly method: 'PUT' | 'GET' | 'HEAD';
  readonly headers?: OutgoingHttpHeaders;
}

async function send(
  { headers, ...options }: Sending,
  body?: Buffer,
): Promise<{ headers: IncomingMessage['headers']; received: Buffer }> {
  const sending = request({
    agent,
    host: '127.0.0.1',
    path: '/v8/artifacts/abc',
    ...options,
    headers: { authorization: 'Bearer bench', ...headers },
  });
  sending.end(body);
  const [answer] = (await once(sending, 'response')) as [IncomingMessage];
  const status = answer.statusCode ?? 0;
  if (status < 200 || status > 299) throw new Error(`A request is answered with ${status}.`);
  return { headers: answer.headers, received: await buffer(answer) };
}

function tagOf(content: Buffer): string {
  return `sha256-${createHash('sha256').update(content).digest('base64')}`;
}
