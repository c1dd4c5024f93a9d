import type { NotStored, TaskRecord, TaskSource } from '../../report/run-report.ts';
import type { CacheMode } from '../../options/larder-options.ts';
import type { FinishedTask } from '../protocol/finished-command.ts';
import { mayWrite } from '../protocol/run-configuration.ts';

/** What the ledger has seen of a task. */
export interface SeenTask extends Pick<
  TaskRecord,
  'lookup' | 'missCode' | 'store' | 'sizeBytes' | 'durationMs'
> {
  /** Why its upload has not succeeded. */
  readonly cause: NotStored | null;
}

export interface TaskRecordOptions {
  readonly taskHash: string;
  readonly artifactHash: string;
  readonly mode: CacheMode;
  /** Null for a task that Nx asked nothing about. */
  readonly seen: SeenTask | null;
  /** Null where the door has not told. */
  readonly finished: FinishedTask | null;
  /** How long Nx was busy with it, if it is known. */
  readonly exactDurationMs: number | null;
}

/** Puts together what was seen of a task and what Nx says of it. */
export function taskRecord(options: TaskRecordOptions): TaskRecord {
  const { taskHash, artifactHash, seen, finished, exactDurationMs } = options;
  const source = sourceOf(seen, finished);
  const durationMs = seen?.durationMs ?? null;
  return {
    taskId: finished?.id ?? null,
    taskHash,
    artifactHash,
    status: finished?.status ?? null,
    source,
    lookup: seen?.lookup ?? null,
    missCode: seen?.missCode ?? null,
    store: seen?.store ?? null,
    notStored: notStored(options, source),
    sizeBytes: seen?.sizeBytes ?? null,
    // For a result from a cache Nx's time is that of the restore.
    durationMs: source === 'none' ? (exactDurationMs ?? durationMs) : durationMs,
  };
}

function sourceOf(seen: SeenTask | null, finished: FinishedTask | null): TaskSource | null {
  const status = finished?.status ?? null;
  if (status?.startsWith('local-cache') === true) return 'local';
  if (status === 'remote-cache') return 'remote';
  if (status === 'success' || status === 'failure') return 'none';
  if (status !== null) return null;
  if (seen?.lookup === 'hit') return 'remote';
  return seen?.lookup === 'miss' || (seen?.store ?? null) !== null ? 'none' : null;
}

function notStored(
  { seen, finished, mode }: TaskRecordOptions,
  source: TaskSource | null,
): NotStored | null {
  const because = (reason: NotStored['reason']): NotStored => ({ reason, code: null });
  switch (seen?.store ?? null) {
    case 'uploaded':
      return null;
    case 'pending':
      return seen?.cause ?? because('in-progress');
    case 'dropped':
      return seen?.cause ?? null;
    case null:
      break;
  }
  if (source === 'local' || source === 'remote') return because('found');
  if (finished?.isCacheable === false) return because('not-cacheable');
  if (finished?.status === 'failure') return because('failed');
  if (!mayWrite(mode)) return because('mode');
  return finished?.status === 'success' ? because('not-offered') : null;
}
