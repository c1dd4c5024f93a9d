// A process that is measured: packs and unpacks as the agent's worker does, in the archive thread.
import { closeSync, openSync, readSync } from 'node:fs';
import { type Writable } from 'node:stream';
import { serveTasks } from '../processes/serve-tasks.ts';
import { createArchiveThread } from './archive-thread.ts';
import { targetOf, type ArchiveTask } from './archive-task.ts';

const PIECE_BYTES = 256 * 1024;
const thread = createArchiveThread();

serveTasks(async (task: ArchiveTask) => {
  for (let index = 0; index < task.times; index += 1) {
    if (task.action === 'pack') {
      await thread.pack({ folder: task.folder, entries: ['outputs'], file: task.file });
    } else {
      const { input, result } = thread.unpack({ folder: targetOf(task, index) });
      await writeFileTo(input, task.file);
      await result;
    }
  }
});

/** By the same memory again and again, so that what is measured is the unpacking. */
async function writeFileTo(input: Writable, path: string): Promise<void> {
  const file = openSync(path, 'r');
  const memory = Buffer.allocUnsafeSlow(PIECE_BYTES);
  try {
    for (;;) {
      const length = readSync(file, memory);
      if (length === 0) break;
      await new Promise<void>((resolve, reject) => {
        input.write(memory.subarray(0, length), (error) => {
          if (error) reject(error);
          else resolve();
        });
      });
    }
  } finally {
    closeSync(file);
  }
  input.end();
}
