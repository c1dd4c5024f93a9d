import type { FinishedCommand, FinishedTask } from '../agent/protocol/finished-command.ts';
import { gatherHashInputs } from '../nx-facts/hash-details.ts';
import type { NxTask } from '../nx-facts/nx-contexts.ts';
import type { NxVersion } from '../nx-facts/nx-version.ts';

/** A task with its result as a door gets them from Nx. */
export interface EndedTask {
  readonly id: string;
  readonly task: NxTask;
  readonly status: string | null;
  /** For an Nx that does not note it on the task. */
  readonly isCacheable?: boolean | null;
}

/** What a door tells the agent of a command that has ended. */
export function finishedCommand(
  door: FinishedCommand['door'],
  { major, minor }: NxVersion,
  ended: readonly EndedTask[],
): FinishedCommand {
  const hashed = ended.flatMap(({ task, ...rest }) => {
    const { hash, hashDetails, cache } = task;
    return hash === undefined ? [] : [{ ...rest, hash, hashDetails, cache }];
  });
  return {
    door,
    nxVersion: `${String(major)}.${String(minor)}`,
    tasks: hashed.map(({ id, hash, status, cache, isCacheable }): FinishedTask => ({
      id,
      hash,
      status,
      isCacheable: cache ?? isCacheable ?? null,
    })),
    // Those that ran are the ones that somebody will ask about.
    inputs: gatherHashInputs(hashed.sort((a, b) => Number(isFound(a)) - Number(isFound(b)))),
  };
}

function isFound({ status }: { readonly status: string | null }): boolean {
  return status?.includes('cache') === true;
}
