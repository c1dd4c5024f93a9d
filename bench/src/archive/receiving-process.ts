// A process that is measured: unpacks an artifact while it arrives, as the agent's worker does.
import { createArtifactsClient } from '@larder/client';
import { serveTasks } from '../processes/serve-tasks.ts';
import { createArchiveThread } from './archive-thread.ts';

export interface ReceiveTask {
  readonly port: number;
  readonly folder: string;
}

const thread = createArchiveThread();

serveTasks(async ({ port, folder }: ReceiveTask) => {
  const client = createArtifactsClient({ url: `http://127.0.0.1:${port}`, token: 'bench' });
  let result: Promise<unknown> | undefined;
  const metadata = await client.getInto('abc', () => {
    const unpacking = thread.unpack({ folder });
    ({ result } = unpacking);
    return unpacking.input;
  });
  if (metadata === null) throw new Error('There is no artifact.');
  await result;
  await client.close();
});
