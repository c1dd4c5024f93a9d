// A process that is measured: sends requests with `@vercel/remote`.
import { repeat } from '../processes/repeat.ts';
import { serveTasks } from '../processes/serve-tasks.ts';
import { loadVercelRemote } from '../vercel-remote/vercel-remote.ts';
import { type Requests } from './requests.ts';

const { ArtifactExistsRequest, ArtifactGetRequest, ArtifactPutRequest } = loadVercelRemote();

serveTasks(async ({ action, port, sizeBytes, count }: Requests) => {
  const url = `http://127.0.0.1:${port}/v8/artifacts/abc`;
  const content = Buffer.alloc(sizeBytes, 'larder');
  await repeat(count, async () => {
    if (action === 'put') {
      await new ArtifactPutRequest('bench', url, 'bench').buffer(content);
    } else if (action === 'head') {
      const isThere = await new ArtifactExistsRequest('bench', url, 'bench').send();
      if (!isThere) throw new Error('There is none.');
    } else {
      await new ArtifactGetRequest('bench', url, 'bench').buffer();
    }
  });
});
