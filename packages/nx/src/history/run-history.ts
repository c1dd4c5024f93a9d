import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isRunRecord, noInputs, type RunRecord } from './run-record.ts';

/** The last commands of a workspace, a file for each. */
export interface RunHistory {
  /** Writes a record, or replaces it, and removes the oldest ones that are too many or too large. */
  keep(record: RunRecord): Promise<void>;
  /** The newest first. What cannot be read is left out. */
  list(): Promise<RunRecord[]>;
}

export interface RunHistoryLimits {
  readonly maxRecords: number;
  readonly maxBytes: number;
  /** A larger record is kept without the inputs of its tasks. */
  readonly maxRecordBytes: number;
}

const defaultLimits: RunHistoryLimits = {
  maxRecords: 20,
  maxBytes: 16 * 1024 ** 2,
  maxRecordBytes: 4 * 1024 ** 2,
};

/** Enough digits for the names to have the order of the times. */
const timeDigits = 15;

export function createRunHistory(folder: string, limits = defaultLimits): RunHistory {
  /** Of every file, whoever wrote it. */
  async function names(): Promise<string[]> {
    return (await readdir(folder).catch(() => [])).sort().reverse();
  }

  async function read(name: string): Promise<RunRecord | null> {
    try {
      const record = JSON.parse(await readFile(join(folder, name), 'utf8')) as unknown;
      return isRunRecord(record) ? record : null;
    } catch {
      return null;
    }
  }

  async function sweep(): Promise<void> {
    let records = 0;
    let bytes = 0;
    for (const name of await names()) {
      const { size } = await stat(join(folder, name)).catch(() => ({ size: 0 }));
      records += 1;
      bytes += size;
      const isTooMuch = records > limits.maxRecords || bytes > limits.maxBytes;
      if (isTooMuch) await rm(join(folder, name), { force: true });
    }
  }

  return {
    async keep(record) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const time = String(record.closedAt).padStart(timeDigits, '0');
      const file = join(folder, `${time}-${record.report.runId}.json`);
      const temporary = `${file}.tmp`;
      try {
        await writeFile(temporary, textOf(record, limits), { mode: 0o600 });
        await rename(temporary, file);
      } finally {
        await rm(temporary, { force: true });
      }
      await sweep();
    },
    async list() {
      const complete = (await names()).filter((name) => name.endsWith('.json'));
      return (await Promise.all(complete.map(read))).filter((record) => record !== null);
    },
  };
}

function textOf(record: RunRecord, { maxRecordBytes }: RunHistoryLimits): string {
  const text = JSON.stringify(record);
  const isTooLarge = Buffer.byteLength(text) > maxRecordBytes;
  return isTooLarge ? JSON.stringify({ ...record, inputs: noInputs }) : text;
}
