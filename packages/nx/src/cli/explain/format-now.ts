import { formatDifferences } from './format-differences.ts';
import type { Now, TaskNow } from './now.ts';
import type { Presence } from './presence.ts';

/** What the hash would be now, for people. */
export function formatNow(now: Now): string {
  if (now.state === 'unknown') {
    return `What the hash would be now could not be asked for: ${now.reason}.\n`;
  }
  const { taskHash, isLast, isHashedLate, presence } = now;
  const lines = [
    `If it ran now, its hash would be ${taskHash}: ${isLast ? 'the same' : 'another one'}. ${presenceLine(presence)}`,
  ];
  if (isHashedLate) {
    lines.push(
      'Nx makes it when the tasks before it are done: this one is made with their outputs as they are now.',
    );
  }
  return `${lines.join('\n')}\n${differenceLines(now)}`;
}

function presenceLine(presence: Presence): string {
  switch (presence.state) {
    case 'present':
      return 'The server has a result for it.';
    case 'absent':
      return 'The server has no result for it.';
    default:
      return 'Whether the server has a result for it is not known.';
  }
}

function differenceLines({ isLast, differences }: TaskNow): string {
  if (isLast) return '';
  if (differences === null) {
    return 'What differs is not known: Nx did not say what both hashes are made of.\n';
  }
  return differences.length === 0
    ? 'All inputs that Nx names are the same.\n'
    : `What differs from that command:\n${formatDifferences(differences)}`;
}
