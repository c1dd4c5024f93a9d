// A process that is measured: transfers an artifact with `@vercel/remote`, as often as it is told.
import { createReadStream } from 'node:fs';
import { repeat } from '../processes/repeat.ts';
import { serveTasks } from '../processes/serve-tasks.ts';
import { loadVercelRemote } from '../vercel-remote/vercel-remote.ts';
import { readToEnd } from './read-to-end.ts';
import { type Transfer } from './transfer.ts';

const { ArtifactGetRequest, ArtifactPutRequest } = loadVercelRemote();

serveTasks(async ({ action, port, file, sizeBytes, count }: Transfer) => {
  const url = `http://127.0.0.1:${port}/v8/artifacts/abc`;
  await repeat(count, async () => {
    if (action === 'put') {
      await new ArtifactPutRequest('bench', url, 'bench').stream(createReadStream(file));
    } else {
      const content = await new ArtifactGetRequest('bench', url, 'bench').stream();
      await readToEnd(content, sizeBytes);
    }
  });
});
