import { type ProjectLayout } from '../workspace/project-layout.ts';

/** How long each task works after it has written its outputs, besides the start of its process. */
export const TASK_WORK_MS = 200;

/** Fifty independent tasks, each with one file of 1 MB that does not compress. */
export const fiftyTasks: readonly ProjectLayout[] = Array.from({ length: 50 }, (_, index) => {
  const name = `part-${String(index + 1).padStart(2, '0')}`;
  return {
    name,
    dependsOn: [],
    workMs: TASK_WORK_MS,
    outputs: ['{projectRoot}/dist'],
    entries: [
      {
        kind: 'random',
        path: `projects/${name}/dist/part.bin`,
        megabytes: 1,
        seed: 1000 + index,
      },
    ],
  };
});
