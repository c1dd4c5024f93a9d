import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { startPlainServer } from '../artifact-servers/start-artifact-servers.ts';
import { startSubject } from '../processes/start-subject.ts';
import { type Bench } from '../runner/bench.ts';
import { figure } from '../runner/measures.ts';
import { type ArchiveTask } from './archive-task.ts';
import { type ReceiveTask } from './receiving-process.ts';
import { makeTreeOfBundles } from './trees.ts';

const THREE_GB = { name: '3 GB', files: 30, bytes: 3e9 };
const BOUNDS = { gate: 160, aim: 120 };

export const archiveMemory: Bench = {
  name: 'archive-memory',
  area: 'archive',
  title: 'Memory of packing and unpacking',
  question: 'How much memory does it take to pack and to unpack 3 GB?',
  async run(context) {
    context.onProgress('making 3 GB of installed packages');
    const { folder } = await makeTreeOfBundles(THREE_GB, join(context.folder, 'tree'));
    const file = join(context.folder, 'archive');
    const pack = await measure({ action: 'pack', times: 1, folder, file });
    await rm(folder, { recursive: true });
    const target = join(context.folder, 'unpacked');
    await mkdir(target);
    const unpack = await measure({ action: 'unpack', times: 1, folder: target, file });
    await rm(target, { recursive: true });
    const received = await measureReceived(file, target);
    return {
      measures: [
        figure('pack 3 GB: peak RSS', pack.peakRssMb ?? NaN, 'MB', BOUNDS),
        figure('unpack 3 GB: peak RSS', unpack.peakRssMb ?? NaN, 'MB', BOUNDS),
        figure('unpack 3 GB from the network: peak RSS', received.peakRssMb ?? NaN, 'MB', BOUNDS),
      ],
      notes: [
        'The peak of a whole process that does nothing else, Node itself included, which takes some 45 MB.',
        'The archive alone is fed from a file by one piece of memory; fed by a stream of Node, which takes ' +
          'new memory for each piece, the same archive takes 180 MB. From the network is what an agent ' +
          'does: the client is in the process as well, with 15 MB of its own, and the pieces of the download ' +
          'until V8 collects them, so that it exceeds the gate. Tried: smaller pieces and smaller young ' +
          'generations (no difference), one arena of malloc instead of several (9 MB less, not taken).',
      ],
    };
  },
};

async function measureReceived(file: string, folder: string) {
  const server = await startPlainServer(file);
  const subject = startSubject<ReceiveTask>(join(__dirname, 'receiving-process.js'));
  try {
    return (await subject.perform({ port: server.port, folder })).cost;
  } finally {
    await subject.end();
    server.end();
  }
}

/** In a process of its own, so that one peak does not hide another. */
async function measure(task: ArchiveTask) {
  const subject = startSubject<ArchiveTask>(join(__dirname, 'larder-process.js'));
  try {
    return (await subject.perform(task)).cost;
  } finally {
    await subject.end();
  }
}
