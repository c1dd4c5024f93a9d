// Where a report goes besides the terminal.
import { appendFileSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { LarderEnvironment } from '../options/environment.ts';
import type { ResolvedOptions } from '../options/larder-options.ts';
import { formatTrouble } from '../report/format-report.ts';
import { formatSummary } from '../report/format-summary.ts';
import { reportDocument } from '../report/report-document.ts';
import type { RunReport } from '../report/run-report.ts';

export interface ReportOutlets {
  /** Absolute; null when nobody wants one. */
  readonly reportFile: string | null;
  /** The summary that GitHub Actions shows for the job. */
  readonly stepSummaryFile: string | null;
}

export function reportOutlets(
  { reportFile }: ResolvedOptions,
  { stepSummaryFile }: LarderEnvironment,
  workspaceRoot: string,
): ReportOutlets {
  return {
    reportFile: reportFile === null ? null : resolve(workspaceRoot, reportFile),
    stepSummaryFile,
  };
}

type Print = (line: string) => void;

/** Adds a table to the summary of the job. A file that cannot be written is worth one line. */
export function appendSummary(file: string, report: RunReport, print: Print): void {
  const text = formatSummary(report);
  if (text === '') return;
  attempt(file, 'GITHUB_STEP_SUMMARY', print, () => {
    appendFileSync(file, text);
  });
}

/** Writes the report for scripts, which find the former one or this one, and never half of it. */
export function writeReport(file: string, report: RunReport, print: Print): void {
  attempt(file, 'LARDER_REPORT_FILE (or "reportFile" in nx.json)', print, () => {
    const temporary = `${file}.${report.runId}.tmp`;
    mkdirSync(dirname(file), { recursive: true });
    try {
      writeFileSync(temporary, `${JSON.stringify(reportDocument(report), null, 2)}\n`);
      renameSync(temporary, file);
    } finally {
      rmSync(temporary, { force: true });
    }
  });
}

function attempt(file: string, setting: string, print: Print, write: () => void): void {
  try {
    write();
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    print(
      formatTrouble({
        code: 'LARDER_REPORT_NOT_WRITTEN',
        summary: `the report cannot be written to ${file}`,
        detail,
        hint: `Let ${setting} name a file that can be written.`,
      }),
    );
  }
}
