// A process that is measured: sends requests with the client. With the argument `preflight` it asks
// first where to send each of them.
import { Writable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { bufferBody, createArtifactsClient } from '@larder/client';
import { repeat } from '../processes/repeat.ts';
import { serveTasks } from '../processes/serve-tasks.ts';
import { type Requests } from './requests.ts';

const preflight = process.argv[2] === 'preflight';

serveTasks(async ({ action, port, sizeBytes, count }: Requests) => {
  const url = `http://127.0.0.1:${port}`;
  const client = createArtifactsClient({ url, token: 'bench', preflight });
  const content = Buffer.alloc(sizeBytes, 'larder');
  const actions: Readonly<Record<Requests['action'], () => Promise<void>>> = {
    put: () => client.put('abc', bufferBody(content)),
    async get() {
      const artifact = await client.get('abc');
      if (artifact === null) throw new Error('There is none.');
      await buffer(artifact.body);
    },
    async getInto() {
      const metadata = await client.getInto('abc', createMemory);
      if (metadata === null) throw new Error('There is none.');
    },
    async head() {
      if ((await client.head('abc')) === null) throw new Error('There is none.');
    },
  };
  await repeat(count, actions[action]);
  await client.close();
});

/** Keeps what is written to it. */
function createMemory(): Writable {
  const chunks: Buffer[] = [];
  return new Writable({
    write(chunk: Buffer, _encoding, callback) {
      chunks.push(chunk);
      callback();
    },
    final(callback) {
      Buffer.concat(chunks);
      callback();
    },
  });
}
