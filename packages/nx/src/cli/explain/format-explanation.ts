import { formatTable } from '../format-table.ts';
import { formatTime } from '../format-time.ts';
import { describeNotStored } from '../last/describe-not-stored.ts';
import { troubleSummary } from '../../report/trouble.ts';
import type { Explanation, TaskMoment } from './explain-task.ts';
import { formatDifferences } from './format-differences.ts';
import type { Presence } from './presence.ts';

/** An explanation for people. */
export function formatExplanation(explanation: Explanation, presence: Presence): string {
  const { taskId, last, before } = explanation;
  const sections = [
    `${taskId}, in the command of ${formatTime(last.closedAt)}: ${sentence(explanation)}`,
    hashLines(last, before),
    differenceLines(explanation),
    storageLines(last, presence),
  ];
  return sections.filter((section) => section !== '').join('\n\n') + '\n';
}

function sentence({ verdict, last, before, differences }: Explanation): string {
  const { missCode } = last.task;
  switch (verdict) {
    case 'local-hit':
      return 'no miss. Nx had the result in its own cache, so the server was not asked.';
    case 'remote-hit':
      return 'no miss. The result came from the server.';
    case 'not-cacheable':
      return 'Nx does not cache this task, so nobody was asked for it. Set "cache": true for the target when its outputs depend on nothing but its inputs.';
    case 'lookups-off':
      return `nothing was looked up, because the mode was "${last.mode}".`;
    case 'not-asked':
      return 'Nx did not ask for it: the task never got so far, or the command skipped the cache.';
    case 'trouble':
      return `a miss, because of trouble: ${troubleSummary(missCode ?? '')} (${missCode ?? ''}).`;
    case 'first-time':
      return 'a miss. No earlier command with this task is recorded here, so there is nothing to compare with: nobody had stored this hash.';
    case 'inputs-changed':
      return differences !== null && differences.length > 0
        ? 'a miss, because its inputs are others than the time before, and nobody had stored a result for them.'
        : 'a miss, because its hash is another one than the time before, and nobody had stored a result for it.';
    case 'same-inputs':
      return before?.task.store === 'uploaded'
        ? 'a miss although its inputs are those of the time before, when it was stored: the server has removed it, or this command sees another part of it.'
        : `a miss although its inputs are those of the time before. It was not stored then: ${
            before?.task.notStored ? describeNotStored(before.task.notStored) : 'nobody knows why'
          }.`;
  }
}

function hashLines(last: TaskMoment, before: TaskMoment | null): string {
  const rows = [['Hash', last.task.taskHash, formatTime(last.closedAt)]];
  if (before) rows.push(['Before', before.task.taskHash, formatTime(before.closedAt)]);
  return formatTable(rows).trimEnd();
}

function differenceLines({ verdict, differences }: Explanation): string {
  if (differences === null) {
    return verdict === 'inputs-changed'
      ? 'What differs is not known: Nx did not say what both hashes are made of.'
      : '';
  }
  if (differences.length === 0) {
    return 'All inputs that Nx names are the same.';
  }
  return `What differs from the time before:\n${formatDifferences(differences).trimEnd()}`;
}

function storageLines({ task }: TaskMoment, presence: Presence): string {
  const { store, notStored } = task;
  const lines: string[] = [];
  if (store === 'uploaded') lines.push('Its result was stored afterwards.');
  else if (notStored !== null && notStored.reason !== 'found') {
    lines.push(`Its result is not stored: ${describeNotStored(notStored)}.`);
  }
  lines.push(presenceLine(presence));
  return lines.join('\n');
}

function presenceLine(presence: Presence): string {
  switch (presence.state) {
    case 'present':
      return 'The server has it now.';
    case 'absent':
      return 'The server does not have it now.';
    case 'elsewhere':
      return 'That command asked another server than the one that is configured now.';
    case 'unknown':
      return `Whether the server has it now is not known: ${
        presence.code === null ? 'there is no token' : troubleSummary(presence.code)
      }.`;
  }
}
