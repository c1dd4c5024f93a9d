import { formatBytes } from '../format/format-bytes.ts';
import { formatCount } from '../format/format-count.ts';
import { formatDuration } from '../format/format-duration.ts';
import { hasNews } from './format-report.ts';
import type { RunReport } from './run-report.ts';

/** The report as a section of Markdown; empty when there is nothing to say. */
export function formatSummary(report: RunReport): string {
  if (!hasNews(report)) return '';
  const { hits, misses, savedMs, downloadedBytes, uploads, uploadedBytes, trouble } = report;
  const rows: [string, string][] = [
    ['From the remote cache', `${String(hits)} of ${formatCount(hits + misses, 'task')}`],
    ['Time saved', formatDuration(savedMs)],
    ['Down', formatBytes(downloadedBytes)],
    ['Stored', `${formatCount(uploads, 'artifact')}, ${formatBytes(uploadedBytes)} up`],
    ['Pending', formatCount(report.pendingUploads, 'upload')],
  ];
  const lines = [
    '### Larder',
    '',
    '| | |',
    '| --- | --- |',
    ...rows.map(([name, value]) => `| ${name} | ${value} |`),
  ];
  if (trouble) {
    const { summary, hint, code } = trouble;
    lines.push('', `**Warning:** ${escape(summary)}. ${escape(hint)} (\`${code}\`)`);
  }
  return `${lines.join('\n')}\n\n`;
}

/** What a server or a file system has said must not become markup. */
function escape(text: string): string {
  return text.replace(/[\\`*_{}[\]<>#|~]/g, '\\$&').replace(/\s+/g, ' ');
}
