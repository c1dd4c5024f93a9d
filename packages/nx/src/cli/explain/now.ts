import { artifactHash, type ArtifactFormat } from '../../identity/artifact-hash.ts';
import type { HashAnswer, HashedNow, NotHashed } from '../../nx-facts/hash-now/hash-answer.ts';
import type { ResolvedOptions } from '../../options/larder-options.ts';
import { toTrouble } from '../../report/trouble.ts';
import type { TaskRecord } from '../../report/run-report.ts';
import {
  compareInputs,
  namedInputsOf,
  type InputDifference,
  type NamedInputs,
} from './input-difference.ts';
import { askPresence, type Presence } from './presence.ts';

/** What the hash of a task would be if it ran now, beside that of the last command that had it. */
export type Now = TaskNow | NotHashed;

export interface TaskNow extends Omit<HashedNow, 'inputs'> {
  /** What the server is asked for; null when the hash cannot name an artifact. */
  readonly artifactHash: string | null;
  /** Whether it is the hash of the last command. */
  readonly isLast: boolean;
  /** From the last command to now; null when it is the same hash, or Nx did not tell. */
  readonly differences: readonly InputDifference[] | null;
  readonly presence: Presence;
}

export interface LastTask {
  readonly task: Pick<TaskRecord, 'taskHash' | 'artifactHash'>;
  /** Null when Nx did not tell. */
  readonly inputs: NamedInputs | null;
}

/** Compares, and asks the server. Never rejects. */
export async function describeNow(
  answer: HashAnswer,
  last: LastTask,
  options: ResolvedOptions,
): Promise<Now> {
  if (answer.state === 'unknown') return answer;
  const { inputs, ...hashed } = answer;
  const { taskHash } = hashed;
  const isLast = taskHash === last.task.taskHash;
  const named = namedInputsOf(inputs, taskHash);
  return {
    ...hashed,
    isLast,
    differences: !isLast && named && last.inputs ? compareInputs(last.inputs, named) : null,
    ...(await presenceOf(taskHash, last.task, options)),
  };
}

async function presenceOf(
  taskHash: string,
  last: LastTask['task'],
  options: ResolvedOptions,
): Promise<Pick<TaskNow, 'artifactHash' | 'presence'>> {
  try {
    const { namespace, url } = options;
    const hash = artifactHash({ format: formatOf(last, namespace), namespace, taskHash });
    return {
      artifactHash: hash,
      presence: await askPresence(options, { url, artifactHash: hash }),
    };
  } catch (error) {
    return {
      artifactHash: null,
      presence: { state: 'unknown', code: toTrouble(error).code },
    };
  }
}

/** In which the last command asked: nothing else tells whether it used the fast lane. */
function formatOf(
  { taskHash, artifactHash: asked }: LastTask['task'],
  namespace: string,
): ArtifactFormat {
  return artifactHash({ format: 'tar.br', namespace, taskHash }) === asked ? 'tar.br' : 'nx.tar.gz';
}
