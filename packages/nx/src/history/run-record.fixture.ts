import type { RunReport, TaskRecord } from '../report/run-report.ts';
import { noInputs, runRecordVersion, type RunRecord } from './run-record.ts';

/** A task that ran and was stored, unless the test says otherwise. */
export function taskOf(taskId: string, overrides: Partial<TaskRecord> = {}): TaskRecord {
  return {
    taskId,
    taskHash: '1',
    artifactHash: 'a'.repeat(64),
    status: 'success',
    source: 'none',
    lookup: 'miss',
    missCode: null,
    store: 'uploaded',
    notStored: null,
    sizeBytes: 1000,
    durationMs: 2000,
    ...overrides,
  };
}

export function reportOf(
  tasks: readonly TaskRecord[] = [],
  overrides: Partial<RunReport> = {},
): RunReport {
  return {
    runId: 'run',
    url: 'https://cache.example.com',
    formats: [],
    hits: 0,
    misses: 0,
    savedMs: 0,
    downloadedBytes: 0,
    uploads: 0,
    uploadedBytes: 0,
    pendingUploads: 0,
    trouble: null,
    tasks,
    ...overrides,
  };
}

export function recordOf(
  tasks: readonly TaskRecord[] = [],
  overrides: Partial<RunRecord> = {},
): RunRecord {
  return {
    version: runRecordVersion,
    openedAt: Date.UTC(2026, 0, 1, 12),
    closedAt: Date.UTC(2026, 0, 1, 12, 1),
    command: { door: 'hooks', nxVersion: '24.0' },
    mode: 'read-write',
    report: reportOf(tasks),
    inputs: noInputs,
    ...overrides,
  };
}
