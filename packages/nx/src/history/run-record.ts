import type { HashInputs } from '../agent/protocol/finished-command.ts';
import type { CacheMode } from '../options/larder-options.ts';
import type { RunReport } from '../report/run-report.ts';

/** One command, as the agent remembers it. Holds no secrets, and nothing of the command line. */
export interface RunRecord {
  readonly version: typeof runRecordVersion;
  /** Milliseconds since the epoch, as is `closedAt`. */
  readonly openedAt: number;
  readonly closedAt: number;
  /** Null for a command that ended without a word, for example because it was killed. */
  readonly command: { readonly door: 'runner' | 'hooks'; readonly nxVersion: string } | null;
  readonly mode: CacheMode;
  readonly report: RunReport;
  readonly inputs: HashInputs;
}

/** Another one is another format: what does not have it is not read. */
export const runRecordVersion = 1;

export const noInputs: HashInputs = { table: [], byTask: {} };

/** Whether this is a record as far as readers rely on it. */
export function isRunRecord(value: unknown): value is RunRecord {
  if (typeof value !== 'object' || value === null) return false;
  const { version, closedAt, openedAt, report, inputs } = value as Partial<RunRecord>;
  return (
    version === runRecordVersion &&
    typeof openedAt === 'number' &&
    typeof closedAt === 'number' &&
    Array.isArray(report?.tasks) &&
    Array.isArray(inputs?.table) &&
    typeof inputs.byTask === 'object'
  );
}
