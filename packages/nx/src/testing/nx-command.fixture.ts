import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { OpenRunRequest } from '../agent/protocol/control-api.ts';
import type { RunConfiguration } from '../agent/protocol/run-configuration.ts';
import type { TestBed } from './test-bed.fixture.ts';

const launchFile = join(__dirname, '../../dist/agent/launch/agent-client.js');

/** Opens a run as soon as a line arrives, then stays until it is killed or left alone. */
const script = `
  const [launchFile, dataDirectory, request] = process.argv.slice(1);
  const { openRun } = require(launchFile);
  const open = () =>
    openRun(dataDirectory, { ownerPid: process.pid, ...JSON.parse(request) }, process.env).then(
      ({ runId, token, url }) => console.log(JSON.stringify({ runId, token, url })),
      ({ code, message }) => console.log(JSON.stringify({ code, message })),
    );
  process.stdin.once('data', open).once('end', () => process.exit());
  console.log('ready');
`;

export interface NxCommandOptions {
  readonly dataDirectory: string;
  readonly configuration: RunConfiguration;
  readonly environment?: NodeJS.ProcessEnv;
  readonly execPath?: string;
  /** Largest file, in blocks of 512 or 1024 bytes, that it and its agent may write. */
  readonly maxFileBlocks?: number;
}

/** A process of its own that opens a run as the plugin does in an Nx command. */
export interface NxCommand {
  readonly pid: number;
  /** @throws when there is no run. */
  openRun(): Promise<{ readonly runId: string; readonly token: string; readonly url: string }>;
  kill(): Promise<void>;
}

/** The process is up and waits for its turn when this resolves. It ends with the test. */
export async function startNxCommand(bed: TestBed, options: NxCommandOptions): Promise<NxCommand> {
  const { dataDirectory, configuration, execPath = process.execPath } = options;
  const request: Omit<OpenRunRequest, 'ownerPid'> = { contextId: null, configuration };
  const command = [execPath, '-e', script, launchFile, dataDirectory, JSON.stringify(request)];
  const limited = `ulimit -f ${String(options.maxFileBlocks)} && exec "$0" "$@"`;
  const [file = '', ...args] =
    options.maxFileBlocks === undefined ? command : ['/bin/sh', '-c', limited, ...command];
  const child = spawn(file, args, {
    env: { ...process.env, ...options.environment },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  bed.onCleanUp(() => end(child));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  await lines.next();
  return {
    pid: child.pid!,
    async openRun() {
      child.stdin.write('open\n');
      const line: IteratorResult<string, unknown> = await lines.next();
      if (line.done === true) throw new Error('The command ended without a run');
      const result = JSON.parse(line.value) as Awaited<ReturnType<NxCommand['openRun']>>;
      if ('code' in result) throw new Error(line.value);
      return result;
    },
    kill: () => end(child),
  };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}
