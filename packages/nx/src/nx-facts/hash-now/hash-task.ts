import { gatherHashInputs } from '../hash-details.ts';
import type { NxJson, NxTask } from '../nx-contexts.ts';
import { findTarget } from './find-target.ts';
import type { HashAnswer } from './hash-answer.ts';
import {
  findNxModule,
  loadNxModule,
  type NxHasher,
  type NxProjectGraph,
  type NxTaskGraph,
} from './nx-modules.ts';

/** A task without flags on the command line has these. */
const noOverrides = { __overrides_unparsed__: [] };

/**
 * Has the Nx of the working folder hash a task and those that come before it, in this process and in
 * the steps that its own commands take. Loads the plugins of the workspace.
 *
 * @throws whatever Nx throws
 */
export async function hashTaskNow(taskId: string): Promise<HashAnswer> {
  const projectGraph = await loadNxModule('project-graph/project-graph').createProjectGraphAsync({
    exitOnError: false,
    resetDaemonClient: false,
  });
  const nxJson = loadNxModule('config/nx-json').readNxJson();
  const taskGraph = taskGraphOf(taskId, projectGraph, nxJson);
  const task = taskGraph?.tasks[taskId];
  if (!taskGraph || !task) return { state: 'unknown', reason: `there is no task ${taskId} now` };

  const nx = loadNxModule('hasher/hash-task');
  const graphs = [createHasher(projectGraph, nxJson), projectGraph, taskGraph] as const;
  await nx.hashTasksThatDoNotDependOnOutputsOfOtherTasks(...graphs, nxJson, null);
  const isHashedLate = task.hash === undefined;
  if (isHashedLate) await nx.hashTask(...graphs, task, environmentOf(task, projectGraph), null);
  const { hash, hashDetails } = task;
  if (typeof hash !== 'string' || hash === '') {
    return { state: 'unknown', reason: 'Nx has made no hash for the task' };
  }
  const inputs = gatherHashInputs([{ hash, hashDetails }]);
  return { state: 'hashed', taskHash: hash, inputs, isHashedLate };
}

/** The task and those that it depends on; null when there is no such task. */
function taskGraphOf(
  taskId: string,
  projectGraph: NxProjectGraph,
  { targetDefaults }: NxJson,
): NxTaskGraph | null {
  const found = findTarget(taskId, projectGraph.nodes);
  if (found === null) return null;
  const nx = loadNxModule('tasks-runner/create-task-graph');
  const { project, target, configuration } = found;
  const dependencies = nx.mapTargetDefaultsToDependencies?.(targetDefaults) ?? {};
  return nx.createTaskGraph(
    projectGraph,
    dependencies,
    [project],
    [target],
    configuration,
    noOverrides,
  );
}

function createHasher(projectGraph: NxProjectGraph, nxJson: NxJson): NxHasher {
  const options = runnerOptionsOf(nxJson);
  const nx = findNxModule('hasher/create-task-hasher');
  if (nx) return nx.createTaskHasher(projectGraph, nxJson, options);
  const { InProcessTaskHasher } = loadNxModule('hasher/task-hasher');
  const { fileMap, allWorkspaceFiles } = loadNxModule(
    'project-graph/build-project-graph',
  ).getFileMap();
  const files = [fileMap.projectFileMap, allWorkspaceFiles] as const;
  return new InProcessTaskHasher(...files, projectGraph, nxJson, options);
}

/** Some of them say how Nx hashes, such as `selectivelyHashTsConfig`. */
function runnerOptionsOf({ tasksRunnerOptions }: NxJson): object {
  const options = tasksRunnerOptions?.[process.env.NX_TASKS_RUNNER ?? 'default']?.options;
  return typeof options === 'object' && options !== null ? options : {};
}

/** With what files of variables say for the task; Nx 16 hashes with those of the process. */
function environmentOf(task: NxTask, projectGraph: NxProjectGraph): NodeJS.ProcessEnv {
  const nx = findNxModule('tasks-runner/task-env');
  return nx ? nx.getTaskSpecificEnv(task, projectGraph) : process.env;
}
