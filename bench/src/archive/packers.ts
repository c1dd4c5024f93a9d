import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Cost } from '../processes/cost.ts';
import { measureCommand } from '../processes/measure-command.ts';
import { startSubject } from '../processes/start-subject.ts';
import { targetOf, type ArchiveTask } from './archive-task.ts';

/** Something that makes archives, measured while it does so a few times. */
export interface Packer {
  perform(task: ArchiveTask): Promise<Cost>;
  end(): Promise<void>;
}

export const startLarder = () => startPacker('larder-process.js');
export const startNodeTar = () => startPacker('node-tar-process.js');

function startPacker(file: string): Packer {
  const subject = startSubject<ArchiveTask>(join(__dirname, file));
  return {
    perform: (task) => inNewFolder(task, async (each) => (await subject.perform(each)).cost),
    end: () => subject.end(),
  };
}

/** GNU tar and zstd -1, or tar alone: a pair of processes each time. */
export function gnuTar(): Packer {
  return {
    perform: (task) =>
      inNewFolder(task, (each) => {
        const lines = Array.from({ length: each.times }, (_, index) => lineOf(each, index));
        return measureCommand('sh', ['-ec', lines.join('\n')]);
      }),
    end: () => Promise.resolve(),
  };
}

function lineOf(task: ArchiveTask, index: number): string {
  const target = targetOf(task, index);
  return task.action === 'pack'
    ? `tar -C '${task.folder}' -c outputs | zstd -1 -q -f -o '${task.file}'`
    : `mkdir '${target}'; zstd -dcq '${task.file}' | tar -C '${target}' -x`;
}

/** Removing what was unpacked is nobody's cost. */
async function inNewFolder(
  task: ArchiveTask,
  measure: (task: ArchiveTask) => Promise<Cost>,
): Promise<Cost> {
  if (task.action === 'pack') return measure(task);
  await mkdir(task.folder);
  try {
    return await measure(task);
  } finally {
    await rm(task.folder, { recursive: true, force: true });
  }
}
