import { rename, writeFile } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import type { RunHistory } from '../../history/run-history.ts';
import { noInputs, runRecordVersion, type RunRecord } from '../../history/run-record.ts';
import type { RunReport } from '../../report/run-report.ts';
import type { CloseRunLine, CloseRunRequest } from '../protocol/control-api.ts';
import type { FinishedCommand } from '../protocol/finished-command.ts';
import type { OpenRuns, Run } from './open-runs.ts';
import type { WorkerSupervisor } from './worker-supervisor.ts';

const progressIntervalMs = 500;

/** Ends runs: hands exact durations on, in CI waits for the uploads, and reports. */
export interface RunClosing {
  close(
    run: Run,
    outcome: Omit<CloseRunRequest, 'run'>,
    onProgress: (progress: Extract<CloseRunLine, { kind: 'progress' }>) => void,
  ): Promise<RunReport>;
  /** To be called whenever an upload of the run has ended. */
  uploadEnded(run: Run): void;
  /** Settles when what is kept of the runs that are closed by now is on disk; never rejects. */
  written(): Promise<void>;
}

export interface RunClosingOptions {
  readonly runs: OpenRuns;
  readonly supervisor: WorkerSupervisor;
  /** Where the last run's report is kept. */
  readonly reportFile: string;
  readonly history: RunHistory;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly onClosed: (run: Run) => void;
}

export function createRunClosing(options: RunClosingOptions): RunClosing {
  const { runs, supervisor } = options;
  /** Runs that are being closed, each with what ends its wait for uploads, if it waits. */
  const closing = new Map<Run, (() => void) | null>();
  /** What is kept of closed runs that are not over: uploads may still change it. */
  const kept = new Map<Run, RunRecord>();
  let lastClosedId = '';
  let writing = Promise.resolve();

  function forgetWhenDone(run: Run): void {
    if (run.isOpen || closing.has(run) || !runs.byId(run.id)) return;
    if (run.ledger.isUploading()) return;
    keepAgain(run);
    runs.forget(run);
    supervisor.send({ kind: 'forget-run', runId: run.id });
    options.onClosed(run);
  }

  /** One after the other: it may be the same file. Nobody waits for it but the end of the agent. */
  function writeBehind(write: () => Promise<void>): void {
    // It is for people's information: a full disk must not turn it into trouble.
    writing = writing.then(write).catch(() => undefined);
  }

  /** Uploads may have ended since the run was closed. */
  function keepAgain(run: Run): void {
    const record = kept.get(run);
    kept.delete(run);
    const report = run.ledger.toReport();
    if (!record || isDeepStrictEqual(record.report, report)) return;
    writeBehind(async () => {
      if (run.id === lastClosedId) await keepReport(report);
      await options.history.keep({ ...record, report });
    });
  }

  async function waitForUploads(run: Run, onProgress: () => void): Promise<void> {
    if (!run.ledger.isUploading()) return;
    let deadline: NodeJS.Timeout | undefined;
    const progress = setInterval(onProgress, progressIntervalMs);
    try {
      await new Promise<void>((resolve) => {
        deadline = setTimeout(resolve, run.configuration.uploadDeadlineMs);
        closing.set(run, resolve);
      });
    } finally {
      clearInterval(progress);
      clearTimeout(deadline);
    }
  }

  async function keepReport(report: RunReport): Promise<void> {
    const temporary = `${options.reportFile}.${report.runId}.tmp`;
    try {
      await writeFile(temporary, JSON.stringify(report, null, 2), { mode: 0o600 });
      await rename(temporary, options.reportFile);
    } catch {
      // As with the record.
    }
  }

  function recordOf(
    { openedAt, configuration: { mode } }: Run,
    command: FinishedCommand | undefined,
    report: RunReport,
  ): RunRecord {
    return {
      version: runRecordVersion,
      openedAt,
      closedAt: options.now(),
      command: command ? { door: command.door, nxVersion: command.nxVersion } : null,
      mode,
      report,
      inputs: command?.inputs ?? noInputs,
    };
  }

  return {
    async close(run, outcome, onProgress) {
      const durationsMs = plausible(outcome.durationsMs);
      run.isOpen = false;
      closing.set(run, null);
      run.durationsMs = durationsMs;
      const { localHits = [], command } = outcome;
      supervisor.send({ kind: 'release', runId: run.id, durationsMs, localHits });
      if (run.configuration.isCi) {
        await waitForUploads(run, () => {
          const { uploads, bytes } = run.ledger.pending();
          onProgress({ kind: 'progress', pendingUploads: uploads, pendingBytes: bytes });
        });
      }
      run.ledger.recordEnd(command?.tasks ?? [], durationsMs);
      const report = run.ledger.toReport();
      lastClosedId = run.id;
      await keepReport(report);
      const record = recordOf(run, command, report);
      kept.set(run, record);
      writeBehind(() => options.history.keep(record));
      // Not before: the agent may end as soon as its last run is forgotten.
      closing.delete(run);
      forgetWhenDone(run);
      return report;
    },
    uploadEnded(run) {
      if (!run.ledger.isUploading()) closing.get(run)?.();
      forgetWhenDone(run);
    },
    written: () => writing,
  };
}

/** Without what a clock that was set back has made of a duration: the estimate is better. */
function plausible(durationsMs: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(durationsMs).filter(([, each]) => Number.isFinite(each) && each >= 0),
  );
}
