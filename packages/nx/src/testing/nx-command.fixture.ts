import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { OpenRunRequest } from '../agent/protocol/control-api.ts';
import type { RunConfiguration } from '../agent/protocol/run-configuration.ts';
import type { TestBed } from './test-bed.fixture.ts';

const launchFile = join(__dirname, '../../dist/agent/launch/agent-client.js');

/**
 * Opens a run as soon as a line arrives, then asks the cache whatever further lines say, and stays
 * until it is killed or left alone. Answers each line with one.
 */
const script = `
  const [launchFile, dataDirectory, request] = process.argv.slice(1);
  const { openRun } = require(launchFile);
  let run;
  async function open() {
    run = await openRun(dataDirectory, { ownerPid: process.pid, ...JSON.parse(request) }, process.env);
    const { runId, token, url } = run;
    return { runId, token, url };
  }
  async function ask({ method, taskHash, body }) {
    const headers = { authorization: 'Bearer ' + run.token };
    const response = await fetch(run.url + '/v1/cache/' + taskHash, { method, headers, body });
    return { status: response.status };
  }
  require('node:readline').createInterface({ input: process.stdin })
    .on('line', (line) => {
      (line === 'open' ? open() : ask(JSON.parse(line))).then(
        (answer) => console.log(JSON.stringify(answer)),
        ({ code, message }) => console.log(JSON.stringify({ code, message })),
      );
    })
    .on('close', () => process.exit());
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
  /** Asks the cache as Nx does. Resolves to the status. */
  ask(method: 'GET' | 'PUT', taskHash: string, body?: string): Promise<number>;
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

  async function tell<Answer extends object>(text: string): Promise<Answer> {
    child.stdin.write(`${text}\n`);
    const line: IteratorResult<string, unknown> = await lines.next();
    if (line.done === true) throw new Error('The command ended without an answer');
    const answer = JSON.parse(line.value) as Answer;
    if ('code' in answer) throw new Error(line.value);
    return answer;
  }

  return {
    pid: child.pid!,
    openRun: () => tell('open'),
    async ask(method, taskHash, body) {
      const line = JSON.stringify({ method, taskHash, body });
      return (await tell<{ status: number }>(line)).status;
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
