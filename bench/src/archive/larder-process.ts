// A process that is measured: packs and unpacks as the agent's worker does, in the archive thread.
import { createReadStream } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { repositoryRoot } from '@larder/e2e/repository';
import { serveTasks } from '../processes/serve-tasks.ts';
import { targetOf, type ArchiveTask } from './archive-task.ts';

/** The part of the plugin's archive that is measured; the plugin does not export it. */
interface ArchiveThread {
  pack(request: { folder: string; entries: string[]; file: string }): Promise<unknown>;
  unpack(request: { folder: string }): { input: Writable; result: Promise<unknown> };
}

const { createArchiveThread } = createRequire(__filename)(
  join(repositoryRoot, 'packages/nx/dist/archive/archive-thread.js'),
) as { createArchiveThread: () => ArchiveThread };
const thread = createArchiveThread();

serveTasks(async (task: ArchiveTask) => {
  for (let index = 0; index < task.times; index += 1) {
    if (task.action === 'pack') {
      await thread.pack({ folder: task.folder, entries: ['outputs'], file: task.file });
    } else {
      const { input, result } = thread.unpack({ folder: targetOf(task, index) });
      await pipeline(createReadStream(task.file), input);
      await result;
    }
  }
});
