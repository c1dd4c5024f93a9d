import type { ArtifactFormat } from '../../identity/artifact-hash.ts';
import { isTaskHash } from '../../identity/artifact-hash.ts';
import type { CacheMode } from '../../options/larder-options.ts';
import type { NotStored, RunReport, TaskRecord, Trouble } from '../../report/run-report.ts';
import type { FinishedTask } from '../protocol/finished-command.ts';
import type { StartEstimate } from '../protocol/run-configuration.ts';
import type { UploadOutcome } from '../protocol/worker-messages.ts';
import { taskRecord } from './task-record.ts';

/** What is known of one run's lookups and stores: the source of its report and of its durations. */
export interface RunLedger {
  /** Nx asks for the task's artifact in this format, or stores it. */
  recordFormat(taskHash: string, format: ArtifactFormat): void;
  recordHit(taskHash: string, hit: { sizeBytes: number; durationMs: number }): void;
  /**
   * `at` is what the lookup tells of the task's start, in milliseconds since the epoch; `code` that of
   * the trouble for which the lookup is a miss.
   */
  recordMiss(taskHash: string, at: number, code?: string | null): void;
  recordStore(taskHash: string, store: { sizeBytes: number | null; durationMs: number }): void;
  /** `cause`: null when whoever stored it has gone. */
  recordDrop(taskHash: string, cause: NotStored | null): void;
  recordUpload(outcome: UploadOutcome): void;
  /** Hashes of the tasks whose upload has not ended. */
  pendingTasks(): string[];
  /** A pending upload has left the spool without a word: it counts as done. */
  recordVanished(taskHash: string): void;
  /** Only the first trouble of a run is kept: what follows is usually its echo. */
  recordTrouble(trouble: Trouble): void;
  /** What Nx says of the tasks in the end, and how long it was busy with each, in milliseconds by hash. */
  recordEnd(tasks: readonly FinishedTask[], durationsMs: Readonly<Record<string, number>>): void;
  knows(taskHash: string): boolean;
  /** How many tasks it knows. */
  taskCount(): number;
  isKnownMiss(taskHash: string): boolean;
  startOf(taskHash: string): TaskStart;
  /** Whether an upload is on its way; asked after each of them, so it looks at no task. */
  isUploading(): boolean;
  pending(): { uploads: number; bytes: number };
  toReport(): RunReport;
}

/** When a task started. `isExact` tells whether the time can be trusted or is only a lower bound. */
export interface TaskStart {
  readonly at: number | null;
  readonly isExact: boolean;
}

interface LedgerTask {
  format: ArtifactFormat | null;
  lookup: 'hit' | 'miss' | null;
  missCode: string | null;
  missAt: number | null;
  /** Whether more tasks were ready than could run at some moment between miss and store. */
  mayHaveWaited: boolean;
  store: 'uploaded' | 'pending' | 'dropped' | null;
  /** Why it is pending or dropped, if there is more to say. */
  cause: NotStored | null;
  sizeBytes: number | null;
  durationMs: number | null;
}

export interface RunLedgerOptions {
  readonly runId: string;
  readonly url: string;
  readonly mode: CacheMode;
  readonly startEstimate: StartEstimate;
  /** `format` is null where nobody has asked for the artifact. */
  readonly artifactHashOf: (taskHash: string, format: ArtifactFormat | null) => string;
}

export function createRunLedger(options: RunLedgerOptions): RunLedger {
  const tasks = new Map<string, LedgerTask>();
  /** Tasks that missed and have not been stored: ready or running. */
  const unfinished = new Set<LedgerTask>();
  /** Tasks whose artifact is being uploaded or is about to be. */
  const uploading = new Set<LedgerTask>();
  const slots =
    options.startEstimate.kind === 'start-follows-miss' ? options.startEstimate.parallel : Infinity;
  /** When the slots were last given up, earliest first, as far as stores tell; one for each slot. */
  const slotsFreeAt = Number.isFinite(slots) ? Array.from({ length: slots }, () => -Infinity) : [];
  let firstTrouble: Trouble | null = null;
  const finished = new Map<string, FinishedTask>();
  let exactDurationsMs: Readonly<Record<string, number>> = {};

  function taskOf(taskHash: string): LedgerTask {
    let task = tasks.get(taskHash);
    if (!task) {
      task = {
        format: null,
        lookup: null,
        missCode: null,
        missAt: null,
        mayHaveWaited: false,
        store: null,
        cause: null,
        sizeBytes: null,
        durationMs: null,
      };
      tasks.set(taskHash, task);
    }
    return task;
  }

  function markWaiting(added: LedgerTask): void {
    if (unfinished.size <= slots) return;
    // At the moment of crossing, any of the unfinished tasks may be the one that waits; those that
    // come later find the others marked already.
    if (unfinished.size === slots + 1) for (const task of unfinished) task.mayHaveWaited = true;
    else added.mayHaveWaited = true;
  }

  function setStore(task: LedgerTask, store: LedgerTask['store'], { isParked = false } = {}): void {
    task.store = store;
    if (store === 'pending' && !isParked) uploading.add(task);
    else uploading.delete(task);
  }

  /** The task that has ended took the slot that was free first: which one it was nobody can tell. */
  function noteEnd({ startAt, durationMs }: { startAt: number; durationMs: number }): void {
    if (slotsFreeAt.length === 0) return;
    slotsFreeAt.shift();
    slotsFreeAt.push(startAt + durationMs);
    slotsFreeAt.sort((a, b) => a - b);
  }

  function startAtOf({ missAt, mayHaveWaited }: LedgerTask): number | null {
    if (missAt === null || !mayHaveWaited) return missAt;
    return Math.max(missAt, slotsFreeAt[0] ?? missAt);
  }

  function count(accepts: (task: LedgerTask) => boolean): number {
    let total = 0;
    for (const task of tasks.values()) if (accepts(task)) total += 1;
    return total;
  }

  function sum(value: (task: LedgerTask) => number | null): number {
    let total = 0;
    for (const task of tasks.values()) total += value(task) ?? 0;
    return total;
  }

  function toRecord(taskHash: string): TaskRecord {
    const seen = tasks.get(taskHash) ?? null;
    return taskRecord({
      taskHash,
      artifactHash: options.artifactHashOf(taskHash, seen?.format ?? null),
      mode: options.mode,
      seen,
      finished: finished.get(taskHash) ?? null,
      exactDurationMs: exactDurationsMs[taskHash] ?? null,
    });
  }

  return {
    recordFormat(taskHash, format) {
      taskOf(taskHash).format = format;
    },
    recordHit(taskHash, { sizeBytes, durationMs }) {
      const task = taskOf(taskHash);
      unfinished.delete(task);
      Object.assign(task, { lookup: 'hit', missCode: null, sizeBytes, durationMs });
    },
    recordMiss(taskHash, at, code = null) {
      const task = taskOf(taskHash);
      task.lookup = 'miss';
      task.missCode ??= code;
      task.missAt = at;
      if (unfinished.has(task)) return;
      unfinished.add(task);
      markWaiting(task);
    },
    recordStore(taskHash, { sizeBytes, durationMs }) {
      const task = taskOf(taskHash);
      unfinished.delete(task);
      const startAt = startAtOf(task);
      if (startAt !== null) noteEnd({ startAt, durationMs });
      setStore(task, 'pending');
      Object.assign(task, { sizeBytes, durationMs });
    },
    recordDrop(taskHash, cause) {
      const task = taskOf(taskHash);
      unfinished.delete(task);
      setStore(task, 'dropped');
      task.cause = cause;
    },
    recordUpload({ taskHash, result, cause, sizeBytes, durationMs }) {
      const task = taskOf(taskHash);
      const isParked = result === 'parked';
      setStore(task, isParked ? 'pending' : result, { isParked });
      Object.assign(task, { cause, sizeBytes, durationMs });
    },
    pendingTasks: () =>
      [...tasks].flatMap(([taskHash, { store }]) => (store === 'pending' ? [taskHash] : [])),
    recordVanished(taskHash) {
      const task = taskOf(taskHash);
      if (task.store === 'pending') setStore(task, 'uploaded');
    },
    recordTrouble(trouble) {
      firstTrouble ??= trouble;
    },
    recordEnd(finishedTasks, durationsMs) {
      exactDurationsMs = durationsMs;
      // A custom hasher may have returned what names no artifact.
      for (const task of finishedTasks) if (isTaskHash(task.hash)) finished.set(task.hash, task);
    },
    knows: (taskHash) => tasks.has(taskHash),
    taskCount: () => tasks.size,
    isKnownMiss: (taskHash) => tasks.get(taskHash)?.lookup === 'miss',
    startOf(taskHash) {
      const task = tasks.get(taskHash);
      const at = task ? startAtOf(task) : null;
      return { at, isExact: at !== null && task?.mayHaveWaited === false };
    },
    isUploading: () => uploading.size > 0,
    pending() {
      let bytes = 0;
      for (const { sizeBytes } of uploading) bytes += sizeBytes ?? 0;
      return { uploads: uploading.size, bytes };
    },
    toReport() {
      const hit = (task: LedgerTask) => task.lookup === 'hit';
      const uploaded = (task: LedgerTask) => task.store === 'uploaded';
      return {
        runId: options.runId,
        url: options.url,
        formats: [...new Set([...tasks.values()].flatMap(({ format }) => format ?? []))],
        hits: count(hit),
        misses: count((task) => task.lookup === 'miss'),
        savedMs: sum((task) => (hit(task) ? task.durationMs : 0)),
        downloadedBytes: sum((task) => (hit(task) ? task.sizeBytes : 0)),
        uploads: count(uploaded),
        uploadedBytes: sum((task) => (uploaded(task) ? task.sizeBytes : 0)),
        pendingUploads: count((task) => task.store === 'pending'),
        trouble: firstTrouble,
        tasks: [...new Set([...tasks.keys(), ...finished.keys()])].map(toRecord),
      };
    },
  };
}
