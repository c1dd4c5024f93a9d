import type { NxJson, NxTask } from '../nx-contexts.ts';
import { requireOfThisNx } from '../require-nx.ts';
import type { ProjectNodes } from './find-target.ts';

/**
 * The modules of Nx with which its own commands hash tasks, as Nx 16 to 24 agree on them. They are
 * not meant for others: each may be missing or be another one in the next version.
 */
export interface NxModules {
  readonly 'project-graph/project-graph': {
    createProjectGraphAsync(options: {
      readonly exitOnError: boolean;
      readonly resetDaemonClient: boolean;
    }): Promise<NxProjectGraph>;
  };
  readonly 'config/nx-json': { readNxJson(): NxJson };
  readonly 'tasks-runner/create-task-graph': {
    createTaskGraph(
      projectGraph: NxProjectGraph,
      extraDependencies: object,
      projects: readonly string[],
      targets: readonly string[],
      configuration: string | undefined,
      overrides: object,
    ): NxTaskGraph;
    /** Nx 16 to 18 want the result as extra dependencies; later ones have them in the graph. */
    mapTargetDefaultsToDependencies?(targetDefaults: unknown): object;
  };
  readonly 'hasher/hash-task': {
    hashTasksThatDoNotDependOnOutputsOfOtherTasks(
      hasher: NxHasher,
      projectGraph: NxProjectGraph,
      taskGraph: NxTaskGraph,
      nxJson: NxJson,
      recorder: null,
    ): Promise<unknown>;
    hashTask(
      hasher: NxHasher,
      projectGraph: NxProjectGraph,
      taskGraph: NxTaskGraph,
      task: NxTask,
      environment: NodeJS.ProcessEnv,
      recorder: null,
    ): Promise<void>;
  };
  /** From 17 on. */
  readonly 'hasher/create-task-hasher': {
    createTaskHasher(projectGraph: NxProjectGraph, nxJson: NxJson, options: object): NxHasher;
  };
  /** What 16 makes a hasher of; later ones hand over something else. */
  readonly 'hasher/task-hasher': {
    readonly InProcessTaskHasher: new (
      projectFiles: unknown,
      workspaceFiles: unknown,
      projectGraph: NxProjectGraph,
      nxJson: NxJson,
      options: object,
    ) => NxHasher;
  };
  readonly 'project-graph/build-project-graph': {
    getFileMap(): {
      readonly fileMap: { readonly projectFileMap: unknown };
      readonly allWorkspaceFiles: unknown;
    };
  };
  /** From 17 on. */
  readonly 'tasks-runner/task-env': {
    getTaskSpecificEnv(task: NxTask, projectGraph: NxProjectGraph): NodeJS.ProcessEnv;
  };
  /** From 18 on. */
  readonly 'utils/dotenv': { loadRootEnvFiles(): void };
}

export interface NxProjectGraph {
  readonly nodes: ProjectNodes;
}

export interface NxTaskGraph {
  readonly tasks: Readonly<Record<string, NxTask | undefined>>;
}

/** Only handed on. */
export type NxHasher = object;

/** @throws when this version of Nx does not have it */
export function loadNxModule<Name extends keyof NxModules>(name: Name): NxModules[Name] {
  const module = findNxModule(name);
  if (module === null) throw new Error(`this version of Nx has no nx/src/${name}`);
  return module;
}

/** Null when this version of Nx does not have it. */
export function findNxModule<Name extends keyof NxModules>(name: Name): NxModules[Name] | null {
  return requireOfThisNx(`nx/src/${name}`) as NxModules[Name] | null;
}
