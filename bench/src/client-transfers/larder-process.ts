// A process that is measured: transfers an artifact with the client, as often as it is told.
import { rm } from 'node:fs/promises';
import { createArtifactsClient, fileBody } from '@larder/client';
import { serveTasks } from '../processes/serve-tasks.ts';
import { repeat, type Transfer } from './transfer.ts';

serveTasks(async ({ action, port, file, sizeBytes, target, count }: Transfer) => {
  const client = createArtifactsClient({ url: `http://127.0.0.1:${port}`, token: 'bench' });
  await repeat(count, async () => {
    if (action === 'put') return client.put('abc', fileBody(file, sizeBytes));
    if ((await client.getToFile('abc', target)) === null) throw new Error('There is none.');
    await rm(target);
  });
  await client.close();
});
