import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { NxWorkspace } from './nx-workspace.fixture.ts';

/** They know the task `app:build`, and hash it to `2`, or to what a variable says. */
const modules = {
  'project-graph/project-graph': `
    exports.createProjectGraphAsync = async () => ({
      nodes: { app: { data: { targets: { build: {} } } } },
    });`,
  'config/nx-json': 'exports.readNxJson = () => ({});',
  'tasks-runner/create-task-graph': `
    exports.createTaskGraph = (graph, extra, [project], [target], configuration, overrides) => ({
      tasks: { [project + ':' + target]: { overrides } },
    });`,
  'tasks-runner/task-env': 'exports.getTaskSpecificEnv = () => process.env;',
  'hasher/create-task-hasher': 'exports.createTaskHasher = () => ({});',
  'hasher/hash-task': `
    exports.hashTasksThatDoNotDependOnOutputsOfOtherTasks = async (hasher, graph, { tasks }) => {
      for (const task of Object.values(tasks)) {
        task.hash = process.env.NEXT_HASH ?? '2';
        task.hashDetails = { nodes: { 'app:{projectRoot}/**/*': '20' } };
      }
    };`,
};

export type NxHasherModule = keyof typeof modules;

/**
 * Gives the stand-in for Nx what it hashes with; a test exchanges modules for what it wants to see
 * go wrong.
 */
export function installNxHasher(
  { root }: Pick<NxWorkspace, 'root'>,
  exchanged: Partial<Record<NxHasherModule, string>> = {},
): void {
  for (const [name, code] of Object.entries({ ...modules, ...exchanged })) {
    const file = join(root, 'node_modules', 'nx', 'src', `${name}.js`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, code);
  }
}
