// A process that is measured: transfers an artifact with the client, as often as it is told. With the
// argument `preflight` it asks first where to send.
import { rm } from 'node:fs/promises';
import { createArtifactsClient, fileBody } from '@larder/client';
import { repeat } from '../processes/repeat.ts';
import { serveTasks } from '../processes/serve-tasks.ts';
import { readToEnd } from './read-to-end.ts';
import { type Transfer } from './transfer.ts';

const preflight = process.argv[2] === 'preflight';

serveTasks(async ({ action, port, file, sizeBytes, target, count }: Transfer) => {
  const url = `http://127.0.0.1:${port}`;
  const client = createArtifactsClient({ url, token: 'bench', preflight });
  const actions: Readonly<Record<Transfer['action'], () => Promise<void>>> = {
    put: () => client.put('abc', fileBody(file, sizeBytes)),
    async getToFile() {
      if ((await client.getToFile('abc', target)) === null) throw new Error('There is none.');
      await rm(target);
    },
    async get() {
      const artifact = await client.get('abc');
      if (artifact === null) throw new Error('There is none.');
      await readToEnd(artifact.body, sizeBytes);
    },
  };
  await repeat(count, actions[action]);
  await client.close();
});
