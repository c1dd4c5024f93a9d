import { formatBytes } from '../format/format-bytes.ts';
import { formatCount } from '../format/format-count.ts';
import { formatDuration } from '../format/format-duration.ts';
import type { RunReport, Trouble } from './run-report.ts';

/** Whether anything happened that people want to hear of. */
export function hasNews(report: RunReport): boolean {
  const { hits, misses, uploads, pendingUploads, trouble } = report;
  return hits + misses + uploads + pendingUploads > 0 || trouble !== null;
}

/** The lines for the terminal after a run: none when there is nothing to say. */
export function formatReport(report: RunReport): string[] {
  const lines: string[] = [];
  const lookups = report.hits + report.misses;
  const facts: string[] = [];
  if (lookups > 0) {
    facts.push(`${report.hits} of ${formatCount(lookups, 'task')} from the remote cache`);
  }
  if (report.savedMs > 0) facts.push(`${formatDuration(report.savedMs)} saved`);
  if (report.downloadedBytes > 0) facts.push(`${formatBytes(report.downloadedBytes)} down`);
  if (report.uploads > 0) {
    facts.push(`${report.uploads} stored`, `${formatBytes(report.uploadedBytes)} up`);
  }
  if (report.pendingUploads > 0) {
    facts.push(`${formatCount(report.pendingUploads, 'upload')} pending`);
  }
  if (facts.length > 0) lines.push(`Larder: ${facts.join(' · ')}`);
  if (report.trouble) lines.push(formatTrouble(report.trouble, report.url));
  return lines;
}

/** One line on what went wrong, what that meant and what to do. `url` names the server, if any. */
export function formatTrouble({ code, summary, hint }: Trouble, url?: string): string {
  const server = url === undefined ? '' : ` [${url}]`;
  return `Larder: warning: ${summary}${server}; the command did without it. ${hint} (${code})`;
}
