import { createProcessGroup, type ProcessGroup, removeEmptyGroups } from './process-group.ts';

const PREFIX = 'larder-bench-';

let root: ProcessGroup | null = null;
let count = 0;

/**
 * The group of this process and of all that it starts: what is not in it is other work on the machine.
 */
export function benchGroup(): ProcessGroup {
  if (root === null) {
    removeEmptyGroups(PREFIX);
    root = createProcessGroup(`${PREFIX}${process.pid}`);
    root.adopt(process.pid);
  }
  return root;
}

/** A new group of its own within it. */
export function createSubjectGroup(): ProcessGroup {
  count += 1;
  return benchGroup().createGroup(`subject-${count}`);
}
