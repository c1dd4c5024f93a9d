import { type ProjectLayout } from './project-layout.ts';

/**
 * Projects that depend on nothing, each with a task that writes one small file. A shell does it,
 * because starting Node for each of hundreds of tasks is most of what such a build would measure.
 */
export function independentTasks(count: number): ProjectLayout[] {
  return Array.from({ length: count }, (_, index) =>
    shellTask(`task-${String(index + 1).padStart(3, '0')}`),
  );
}

/**
 * One such project.
 *
 * @param options.before what the shell does before it writes the file
 */
export function shellTask(
  name: string,
  { before = 'true' }: { readonly before?: string } = {},
): ProjectLayout {
  const folder = `projects/${name}/dist`;
  return {
    name,
    dependsOn: [],
    outputs: ['{projectRoot}/dist'],
    command: [
      `echo ${name} >> "$LARDER_E2E_EXECUTIONS"`,
      `{ ${before}; }`,
      `mkdir -p ${folder}`,
      `echo This is ${name}. > ${folder}/${name}.txt`,
      `echo Done with ${name}`,
    ].join(' && '),
  };
}
