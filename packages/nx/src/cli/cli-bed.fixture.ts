import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dataLayout } from '../agent/protocol/data-layout.ts';
import { createRunHistory } from '../history/run-history.ts';
import type { RunRecord } from '../history/run-record.ts';
import { createAgentBed, type AgentBed } from '../testing/agent-bed.fixture.ts';
import {
  enterNxWorkspace,
  setEnvironment,
  type NxWorkspace,
} from '../testing/nx-workspace.fixture.ts';
import type { ExitCode } from './cli-io.ts';
import { runCli } from './run-cli.ts';

/** A bed whose working folder is a workspace in which `larder` is run. */
export interface CliBed extends AgentBed {
  enter(setting?: WorkspaceSetting): NxWorkspace;
  larder(...args: string[]): Promise<CliRun>;
  /** The same as an object, with `--json`. */
  larderJson<T extends object>(...args: string[]): Promise<T>;
  /** Lets commands have been recorded, the first one first. */
  record(...records: RunRecord[]): Promise<void>;
  /** Ctrl-C for the commands that run. */
  interrupt(): void;
}

export interface WorkspaceSetting {
  readonly nxVersion?: string;
  readonly nxJson?: object;
  readonly variables?: Readonly<Record<string, string>>;
}

export interface CliRun {
  readonly exitCode: ExitCode;
  readonly output: string;
  readonly errors: string;
}

export function createCliBed(): CliBed {
  const bed = createAgentBed();
  let interrupted = new AbortController();

  async function larder(...args: string[]): Promise<CliRun> {
    const written = { output: '', errors: '' };
    const exitCode = await runCli(args, {
      variables: process.env,
      print: (text) => {
        written.output += text;
        return Promise.resolve();
      },
      printError: (text) => {
        written.errors += text;
        return Promise.resolve();
      },
      signal: interrupted.signal,
    });
    return { exitCode, ...written };
  }

  return {
    ...bed,
    get dataDirectory() {
      return bed.dataDirectory;
    },
    enter({ nxVersion = '24.0.6', nxJson = { plugins: ['@larder/nx'] }, variables = {} } = {}) {
      interrupted = new AbortController();
      const workspace = enterNxWorkspace(bed, nxVersion);
      writeFileSync(join(workspace.root, 'nx.json'), JSON.stringify(nxJson));
      setEnvironment(bed, { LARDER_DATA_DIRECTORY: bed.dataDirectory, ...variables });
      return workspace;
    },
    larder,
    async larderJson<T extends object>(...args: string[]) {
      const { output, errors } = await larder(...args, '--json');
      if (output === '') throw new Error(errors);
      return JSON.parse(output) as T;
    },
    async record(...records) {
      const history = createRunHistory(dataLayout(bed.dataDirectory).runs);
      for (const record of records) await history.keep(record);
    },
    interrupt() {
      interrupted.abort();
    },
  };
}
