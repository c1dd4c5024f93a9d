import { randomUUID } from 'node:crypto';
import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatBytes } from '../../format/format-bytes.ts';
import { packageVersion } from '../../package-version.ts';
import { toTrouble } from '../../report/trouble.ts';
import { gatherAgentFacts } from '../agent/agent-facts.ts';
import { formatSpool } from '../agent/format-agent.ts';
import { ok, problem, skipped, warning, type Check } from './check.ts';

/** More than what a file system gives away without having it. */
const trialBytes = 256 * 1024;
const scarceBytes = 256 * 1024 ** 2;

const otherFolder =
  'Free space, or set LARDER_DATA_DIRECTORY (or "dataDirectory" in nx.json) to a folder that can be written.';

export const dataFolderCheck: Check = {
  id: 'data-folder',
  title: 'Data folder',
  examine({ dataDirectory, dataDirectoryError }) {
    if (dataDirectory === null) {
      if (dataDirectoryError === null) return skipped('The options have to be right first.');
      const { code, detail, hint } = toTrouble(dataDirectoryError);
      return problem(`${detail}.`, hint, code);
    }
    const file = join(dataDirectory, `doctor-${randomUUID()}.tmp`);
    try {
      mkdirSync(dataDirectory, { recursive: true, mode: 0o700 });
      writeFileSync(file, Buffer.alloc(trialBytes, 1), { mode: 0o600, flush: true });
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      return code === 'ENOSPC' || code === 'EDQUOT'
        ? problem(`The disk of ${dataDirectory} is full.`, otherFolder)
        : problem(`${dataDirectory} cannot be written (${String(code)}).`, otherFolder);
    } finally {
      try {
        rmSync(file, { force: true });
      } catch {
        // What could not be written cannot be removed.
      }
    }
    const { bavail, bsize } = statfsSync(dataDirectory);
    const freeBytes = bavail * bsize;
    return freeBytes < scarceBytes
      ? warning(`${dataDirectory} has only ${formatBytes(freeBytes)} left.`, otherFolder)
      : ok(`${dataDirectory} can be written, ${formatBytes(freeBytes)} are free.`);
  },
};

export const agentCheck: Check = {
  id: 'agent',
  title: 'Agent',
  async examine({ dataDirectory }) {
    if (dataDirectory === null) return skipped('There is no data folder.');
    const { state, pid, version, spool } = await gatherAgentFacts(dataDirectory);
    const waiting = spool.entries === 0 ? '' : ` Waiting: ${formatSpool(spool)}.`;
    if (state === 'hanging') {
      return problem(
        `The agent (pid ${String(pid)}) is recorded and does not answer.${waiting}`,
        'End it with "npx larder agent stop --force" or kill it; the next command starts another one.',
      );
    }
    if (state === 'none' || state === 'stale') {
      return ok(`No agent is running; the next command starts one.${waiting}`);
    }
    return version === packageVersion()
      ? ok(`The agent (pid ${String(pid)}) is well.${waiting}`)
      : warning(
          `The agent (pid ${String(pid)}) is of version ${String(version)}, the plugin of ${packageVersion()}.${waiting}`,
          'Nothing: the next command starts its own, and this one ends when it has nothing to do; "npx larder agent stop" ends it now.',
        );
  },
};
