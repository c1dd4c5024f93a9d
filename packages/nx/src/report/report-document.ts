import type { RunReport } from './run-report.ts';

/** What `reportFile` holds, as docs/reporting.md describes it. */
export interface ReportDocument extends RunReport {
  /** Raised when something is taken away or gets another meaning; what is new does not raise it. */
  readonly version: 1;
}

export function reportDocument(report: RunReport): ReportDocument {
  return { version: 1, ...report };
}
