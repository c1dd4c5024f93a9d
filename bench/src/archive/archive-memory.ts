import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { startSubject } from '../processes/start-subject.ts';
import { type Bench } from '../runner/bench.ts';
import { figure } from '../runner/measures.ts';
import { type ArchiveTask } from './archive-task.ts';
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
    return {
      measures: [
        figure('pack 3 GB: peak RSS', pack.peakRssMb ?? NaN, 'MB', BOUNDS),
        figure('unpack 3 GB: peak RSS', unpack.peakRssMb ?? NaN, 'MB', BOUNDS),
      ],
      notes: ['The peak of a whole process that does nothing else, Node itself included.'],
    };
  },
};

/** In a process of its own, so that one peak does not hide another. */
async function measure(task: ArchiveTask) {
  const subject = startSubject<ArchiveTask>(join(__dirname, 'larder-process.js'));
  try {
    return (await subject.perform(task)).cost;
  } finally {
    await subject.end();
  }
}
