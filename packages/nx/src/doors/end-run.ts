import type { OnProgress } from '../agent/launch/agent-client.ts';
import { formatBytes } from '../format/format-bytes.ts';
import { formatCount } from '../format/format-count.ts';
import { formatReport } from '../report/format-report.ts';
import type { RunReport } from '../report/run-report.ts';
import { appendSummary, writeReport, type ReportOutlets } from './report-outlets.ts';

/** A wait that is shorter than this is not worth a word. */
const progressAfterMs = 2_000;

export interface EndRunOptions {
  readonly close: (onProgress: OnProgress) => Promise<RunReport | null>;
  readonly print: (line: string) => void;
  readonly outlets: ReportOutlets;
}

/** Closes a run and tells people what came of it. In CI this waits for the uploads. */
export async function endRun({ close, print, outlets }: EndRunOptions): Promise<RunReport | null> {
  const startedAt = performance.now();
  let announced = 0;
  const report = await close(({ pendingUploads, pendingBytes }) => {
    // Ever rarer, so that a long wait does not fill the log.
    if (performance.now() - startedAt < progressAfterMs * 2 ** announced) return;
    announced += 1;
    const bytes = pendingBytes > 0 ? ` (${formatBytes(pendingBytes)})` : '';
    print(`Larder: waiting for ${formatCount(pendingUploads, 'upload')}${bytes} …`);
  });
  if (!report) return null;
  for (const line of formatReport(report)) print(line);
  const { stepSummaryFile, reportFile } = outlets;
  if (stepSummaryFile !== null) appendSummary(stepSummaryFile, report, print);
  if (reportFile !== null) writeReport(reportFile, report, print);
  return report;
}
