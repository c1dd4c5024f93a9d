import { formatBytes } from '../../format/format-bytes.ts';
import { formatDuration } from '../../format/format-duration.ts';
import type { RunRecord } from '../../history/run-record.ts';
import { formatReport } from '../../report/format-report.ts';
import type { TaskRecord } from '../../report/run-report.ts';
import { formatTable } from '../format-table.ts';
import { formatTime } from '../format-time.ts';
import { describeNotStored } from './describe-not-stored.ts';

/** A command for people, task by task. */
export function formatRun(
  { openedAt, closedAt, command, mode, report }: RunRecord,
  { run, count }: { readonly run: number; readonly count: number },
): string {
  const head = [
    `Command ${String(run)} of ${String(count)}`,
    formatTime(closedAt),
    formatDuration(closedAt - openedAt),
    command === null ? 'ended without a word' : `Nx ${command.nxVersion} by the ${command.door}`,
    `mode ${mode}`,
    report.url,
  ];
  const rows = report.tasks.map((task) => taskRow(task));
  const table =
    rows.length === 0
      ? 'No task was hashed.\n'
      : formatTable([['TASK', 'RESULT', 'LOOKUP', 'SIZE', 'DURATION', 'STORED'], ...rows]);
  const lines = formatReport(report).map((line) => `${line}\n`);
  return `${head.join(' · ')}\n\n${table}${lines.length > 0 ? '\n' : ''}${lines.join('')}`;
}

function taskRow(task: TaskRecord): string[] {
  const { taskId, taskHash, lookup, missCode, sizeBytes, durationMs } = task;
  return [
    taskId ?? `(hash ${taskHash})`,
    resultOf(task),
    lookup === null ? 'not asked' : missCode === null ? lookup : `miss (${missCode})`,
    sizeBytes === null ? '–' : formatBytes(sizeBytes),
    durationMs === null ? '–' : formatDuration(durationMs),
    storedOf(task),
  ];
}

function resultOf({ source, status }: TaskRecord): string {
  if (source === 'local') return 'local cache';
  if (source === 'remote') return 'remote cache';
  if (source === null) return status ?? '–';
  return status === 'failure' ? 'failed' : 'ran';
}

function storedOf({ store, notStored }: TaskRecord): string {
  if (store === 'uploaded') return 'yes';
  if (notStored === null) return store === 'dropped' ? 'no' : '–';
  // What came from a cache is where it belongs.
  return notStored.reason === 'found' ? '–' : `no: ${describeNotStored(notStored)}`;
}
