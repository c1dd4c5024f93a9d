import { formatBytes } from '../../format/format-bytes.ts';
import { formatCount } from '../../format/format-count.ts';
import { packageVersion } from '../../package-version.ts';
import { formatTime } from '../format-time.ts';
import type { AgentFacts, SpoolFacts } from './agent-facts.ts';

/** One line, without its end. */
export function formatAgent(facts: AgentFacts): string {
  const { state, pid, version, port, openRuns, uploads } = facts;
  switch (state) {
    case 'none':
      return 'not running; the next command starts it';
    case 'stale':
      return `not running (the last one, pid ${String(pid)}, ended unexpectedly); the next command starts it`;
    case 'hanging':
      return `pid ${String(pid)} does not answer; the next command starts another one`;
    case 'running': {
      const others = version === packageVersion() ? '' : ', of another version than this plugin';
      const parts = [
        `running: pid ${String(pid)}, version ${String(version)}${others}, port ${String(port)}`,
      ];
      if (openRuns !== null && openRuns > 0) {
        parts.push(`${formatCount(openRuns, 'command')} under way`);
      }
      if (uploads !== null && uploads > 0) parts.push(formatCount(uploads, 'upload'));
      return parts.join(', ');
    }
  }
}

/** One line, without its end. */
export function formatSpool({ entries, bytes, oldestAt }: SpoolFacts): string {
  if (entries === 0) return 'nothing waits for its upload';
  const since = oldestAt === null ? '' : `, the oldest since ${formatTime(oldestAt)}`;
  return `${formatCount(entries, 'artifact')} (${formatBytes(bytes)}) for the upload${since}`;
}
