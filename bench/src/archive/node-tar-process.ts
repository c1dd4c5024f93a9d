// A process that is measured: packs and unpacks with node-tar and gzip.
import { mkdir } from 'node:fs/promises';
import { create, extract } from 'tar';
import { serveTasks } from '../processes/serve-tasks.ts';
import { targetOf, type ArchiveTask } from './archive-task.ts';

serveTasks(async (task: ArchiveTask) => {
  const { file } = task;
  for (let index = 0; index < task.times; index += 1) {
    if (task.action === 'pack') {
      await create({ gzip: true, portable: true, file, cwd: task.folder }, ['outputs']);
    } else {
      const cwd = targetOf(task, index);
      await mkdir(cwd);
      await extract({ file, cwd });
    }
  }
});
