import { type ChildProcess, fork } from 'node:child_process';
import { dirname, join } from 'node:path';

/** What `larder-server --json` prints once it listens. */
export interface StartLine {
  readonly url: string;
  readonly token: string;
}

export interface StartOptions {
  readonly execArgv?: readonly string[];
  /** Beside those of this process. */
  readonly variables?: Readonly<Record<string, string>>;
}

/** Starts the `larder-server` command as it is published, on a free port. */
export function startLarderServer(
  args: readonly string[],
  { execArgv = [], variables = {} }: StartOptions = {},
): ChildProcess {
  const packageFolder = dirname(require.resolve('@larder/server/package.json'));
  return fork(
    join(packageFolder, 'dist', 'cli', 'main.js'),
    ['--port', '0', '--log-level', 'warn', '--json', ...args],
    {
      execArgv: [...execArgv],
      env: { ...process.env, ...variables },
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    },
  );
}

export async function readStartLine({ stdout }: ChildProcess): Promise<StartLine> {
  let output = '';
  for await (const chunk of stdout ?? []) {
    output += String(chunk);
    if (output.includes('\n')) return JSON.parse(output) as StartLine;
  }
  throw new Error('The server ended before it listened.');
}
