/** Projects of Nx's graph by name, as far as tasks are looked for in them. */
export type ProjectNodes = Readonly<Record<string, ProjectNode | undefined>>;

interface ProjectNode {
  readonly data: { readonly targets?: Readonly<Record<string, unknown>> | undefined };
}

export interface TaskTarget {
  readonly project: string;
  readonly target: string;
  readonly configuration: string | undefined;
}

/**
 * The target that a task's id names; null when there is none. The names of all three parts may hold
 * colons, so the longest names that exist are meant, as Nx has it.
 */
export function findTarget(taskId: string, nodes: ProjectNodes): TaskTarget | null {
  for (const [project, inProject] of splits(taskId)) {
    const targets = (Object.hasOwn(nodes, project) ? nodes[project]?.data.targets : null) ?? {};
    if (Object.hasOwn(targets, inProject)) {
      return { project, target: inProject, configuration: undefined };
    }
    for (const [target, configuration] of splits(inProject)) {
      if (Object.hasOwn(targets, target)) return { project, target, configuration };
    }
  }
  return null;
}

/** Every way to cut a text in two at a colon, that with the longest head first. */
function splits(text: string): (readonly [head: string, tail: string])[] {
  const segments = text.split(':');
  return segments
    .slice(1)
    .map((_, index) => segments.length - 1 - index)
    .map((at) => [segments.slice(0, at).join(':'), segments.slice(at).join(':')] as const);
}
