import { type OutputSize, type TaskOutputs } from './task-outputs.ts';

/** What small libraries make. */
export const FIFTY_SMALL: OutputSize = { tasks: 50, filesPerTask: 16, fileBytes: 65_536 };

/** What large applications make. */
export const FIVE_LARGE: OutputSize = { tasks: 5, filesPerTask: 40, fileBytes: 2_621_440 };

export const NX_24 = '24.0.6';
export const NX_19 = '19.8.14';

/** How a bench's notes tell what is built and over what. */
export function describeBuild({ size, compression }: TaskOutputs): string {
  const { tasks, filesPerTask, fileBytes } = size;
  const kilobytes = Math.round(fileBytes / 1024);
  return (
    `${tasks} tasks, 3 at a time, each copying ${filesPerTask} files of ${kilobytes} KiB; the files are ` +
    `text of installed packages, no two alike, which gzip makes ${compression.toFixed(1)} times smaller. ` +
    'The server is @larder/server behind a proxy with 40 ms round trip and 100 Mbit/s each way; the ' +
    'daemon is off. Workspaces and the data of servers are in memory (tmpfs).'
  );
}
