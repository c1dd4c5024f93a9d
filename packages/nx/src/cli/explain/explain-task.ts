import type { RunRecord } from '../../history/run-record.ts';
import type { TaskRecord } from '../../report/run-report.ts';
import {
  compareInputs,
  namedInputsOf,
  type InputDifference,
  type NamedInputs,
} from './input-difference.ts';

/** Why a task was, or was not, a miss, as far as the records tell. */
export interface Explanation {
  readonly taskId: string;
  readonly verdict: Verdict;
  /** The last command that had the task. */
  readonly last: TaskMoment;
  /** The one before it; null when none is recorded. */
  readonly before: TaskMoment | null;
  /** Null when there is nothing to compare, or Nx did not say what the hashes are made of. */
  readonly differences: readonly InputDifference[] | null;
}

export interface TaskMoment {
  /** Milliseconds since the epoch. */
  readonly closedAt: number;
  readonly url: string;
  readonly mode: RunRecord['mode'];
  readonly task: TaskRecord;
}

/**
 * `local-hit`, `remote-hit`: it was none. `not-cacheable`: Nx does not cache it. `lookups-off`: the
 * mode asks nothing. `trouble`: the lookup failed. `not-asked`: Nx did not ask. `first-time`: no
 * earlier command is recorded. `inputs-changed`: the hash is another one. `same-inputs`: the hash is
 * the same, and the server did not have it.
 */
export type Verdict =
  | 'local-hit'
  | 'remote-hit'
  | 'not-cacheable'
  | 'lookups-off'
  | 'trouble'
  | 'not-asked'
  | 'first-time'
  | 'inputs-changed'
  | 'same-inputs';

/** @returns null when no record has the task. `records`: the newest first. */
export function explainTask(taskId: string, records: readonly RunRecord[]): Explanation | null {
  const [last, before] = recordedTasks(taskId, records);
  if (!last) return null;
  const isSame = before?.task.taskHash === last.task.taskHash;
  const inputsBefore = before ? inputsOf(before) : null;
  const inputs = inputsOf(last);
  return {
    taskId: last.task.taskId ?? taskId,
    verdict: verdictOn(last.record, last.task, before ? isSame : null),
    last: momentOf(last),
    before: before ? momentOf(before) : null,
    differences: inputsBefore && inputs && !isSame ? compareInputs(inputsBefore, inputs) : null,
  };
}

/** What the last command that had the task says its hash is made of; null when it does not. */
export function lastInputs(taskId: string, records: readonly RunRecord[]): NamedInputs | null {
  const [last] = recordedTasks(taskId, records);
  return last ? inputsOf(last) : null;
}

interface RecordedTask {
  readonly record: RunRecord;
  readonly task: TaskRecord;
}

function recordedTasks(taskId: string, records: readonly RunRecord[]): RecordedTask[] {
  return records.flatMap((record) => {
    const task = findTask(taskId, record);
    return task ? [{ record, task }] : [];
  });
}

function verdictOn(
  { mode }: RunRecord,
  { source, lookup, missCode, notStored }: TaskRecord,
  isSame: boolean | null,
): Verdict {
  if (source === 'local') return 'local-hit';
  if (source === 'remote') return 'remote-hit';
  if (notStored?.reason === 'not-cacheable') return 'not-cacheable';
  if (mode === 'write' || mode === 'off') return 'lookups-off';
  if (lookup === null) return 'not-asked';
  if (missCode !== null) return 'trouble';
  if (isSame === null) return 'first-time';
  return isSame ? 'same-inputs' : 'inputs-changed';
}

/** A task by its id; without a configuration also one that has one, when there is no other. */
function findTask(taskId: string, { report }: RunRecord): TaskRecord | null {
  const exact = report.tasks.find((task) => task.taskId === taskId);
  if (exact || taskId.split(':').length > 2) return exact ?? null;
  const others = report.tasks.filter((task) => task.taskId?.startsWith(`${taskId}:`) === true);
  return others.length === 1 ? (others[0] ?? null) : null;
}

/** Null when Nx did not tell, or there were too many. */
function inputsOf({ record, task }: RecordedTask): NamedInputs | null {
  return namedInputsOf(record.inputs, task.taskHash);
}

function momentOf({ record, task }: RecordedTask): TaskMoment {
  const { closedAt, mode, report } = record;
  return { closedAt, url: report.url, mode, task };
}
