import type { ArtifactFormat } from '../../identity/artifact-hash.ts';
import type { RunReport, TaskRecord, Trouble } from '../../report/run-report.ts';
import type { UploadOutcome } from '../protocol/worker-messages.ts';
import type { StartEstimate } from '../protocol/run-configuration.ts';

/** What is known of one run's lookups and stores: the source of its report and of its durations. */
export interface RunLedger {
  /** Nx asks for the task's artifact in this format, or stores it. */
  recordFormat(taskHash: string, format: ArtifactFormat): void;
  recordHit(taskHash: string, hit: { sizeBytes: number; durationMs: number }): void;
  /** `at` is what the lookup tells of the task's start, in milliseconds since the epoch. */
  recordMiss(taskHash: string, at: number): void;
  recordStore(taskHash: string, store: { sizeBytes: number | null; durationMs: number }): void;
  recordDrop(taskHash: string): void;
  recordUpload(outcome: UploadOutcome): void;
  /** Hashes of the tasks whose upload has not ended. */
  pendingTasks(): string[];
  /** A pending upload has left the spool without a word: it counts as done. */
  recordVanished(taskHash: string): void;
  /** Only the first trouble of a run is kept: what follows is usually its echo. */
  recordTrouble(trouble: Trouble): void;
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
  missAt: number | null;
  /** Whether more tasks were ready than could run at some moment between miss and store. */
  mayHaveWaited: boolean;
  store: 'uploaded' | 'pending' | 'dropped' | null;
  sizeBytes: number | null;
  durationMs: number | null;
}

export interface RunLedgerOptions {
  readonly runId: string;
  readonly url: string;
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

  function taskOf(taskHash: string): LedgerTask {
    let task = tasks.get(taskHash);
    if (!task) {
      task = {
        format: null,
        lookup: null,
        missAt: null,
        mayHaveWaited: false,
        store: null,
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

  function toRecord([taskHash, task]: [string, LedgerTask]): TaskRecord {
    return {
      taskHash,
      artifactHash: options.artifactHashOf(taskHash, task.format),
      lookup: task.lookup,
      store: task.store,
      sizeBytes: task.sizeBytes,
      durationMs: task.durationMs,
    };
  }

  return {
    recordFormat(taskHash, format) {
      taskOf(taskHash).format = format;
    },
    recordHit(taskHash, { sizeBytes, durationMs }) {
      const task = taskOf(taskHash);
      unfinished.delete(task);
      Object.assign(task, { lookup: 'hit', sizeBytes, durationMs });
    },
    recordMiss(taskHash, at) {
      const task = taskOf(taskHash);
      task.lookup = 'miss';
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
    recordDrop(taskHash) {
      const task = taskOf(taskHash);
      unfinished.delete(task);
      setStore(task, 'dropped');
    },
    recordUpload({ taskHash, result, sizeBytes, durationMs }) {
      const task = taskOf(taskHash);
      const isParked = result === 'parked';
      setStore(task, isParked ? 'pending' : result, { isParked });
      Object.assign(task, { sizeBytes, durationMs });
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
        tasks: [...tasks].map(toRecord),
      };
    },
  };
}
