import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';

export interface CommandEnd {
  readonly exitCode: number;
  readonly output: string;
}

export interface Terminal {
  /** Runs a command to its end, as somebody types one after the other. */
  run(command: string): Promise<CommandEnd>;
  /** Runs a command that stays, until it has printed this; or to its end, when it does not. */
  start(command: string, ready: string): Promise<CommandEnd>;
  /** Presses Ctrl-C, closes the terminal and waits until all that runs in it has ended. */
  close(): Promise<void>;
}

const TIMEOUT_MS = 120_000;

/** A shell that keeps its variables and its folder from one command to the next. */
export function openTerminal(options: {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}): Terminal {
  const shell = spawn('bash', ['--noprofile', '--norc'], {
    ...options,
    stdio: ['pipe', 'pipe', 'pipe'],
    // A process group, which is what Ctrl-C reaches.
    detached: true,
  });
  const ended = new Promise<void>((resolve) => {
    shell.once('close', () => {
      resolve();
    });
  });
  let output = '';
  let onOutput: () => void = () => undefined;
  for (const stream of [shell.stdout, shell.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      onOutput();
    });
  }
  // Ctrl-C may end the shell too, before it is told to.
  shell.stdin.on('error', () => undefined);
  shell.stdin.write('exec 2>&1\n');

  /** Types a line and waits until the output since then has what is looked for. */
  function type<Found>(line: string, find: (printed: string) => Found | null): Promise<Found> {
    const start = output.length;
    return new Promise<Found>((resolve, reject) => {
      const fail = (why: string) => {
        onOutput = () => undefined;
        reject(new Error(`"${line.split('\n', 1)[0] ?? ''}" ${why}.\n${output.slice(start)}`));
      };
      const timer = setTimeout(() => {
        fail(`did not end within ${TIMEOUT_MS} ms`);
      }, TIMEOUT_MS);
      void ended.then(() => {
        clearTimeout(timer);
        fail('ended the shell');
      });
      onOutput = () => {
        const found = find(output.slice(start));
        if (found === null) return;
        clearTimeout(timer);
        onOutput = () => undefined;
        resolve(found);
      };
      shell.stdin.write(`${line}\n`);
    });
  }

  /** Until the command ends, or has printed this. */
  function runUntil(command: string, ready: string | null): Promise<CommandEnd> {
    const mark = `end-${randomUUID()}`;
    const end = new RegExp(`\\n${mark} (\\d+)\\n`);
    // Not the shell's own input, which holds what is typed next.
    const line = `{ ${command}\n} < /dev/null\nprintf '\\n%s %s\\n' ${mark} "$?"`;
    return type(line, (printed) => {
      if (ready !== null && printed.includes(ready)) return { exitCode: 0, output: printed };
      const match = end.exec(printed);
      return match && { exitCode: Number(match[1]), output: printed.slice(0, match.index) };
    });
  }

  return {
    run: (command) => runUntil(command, null),
    start: (command, ready) => runUntil(command, ready),
    async close() {
      signal('SIGINT');
      shell.stdin.end('exit\n');
      const timer = setTimeout(() => {
        signal('SIGKILL');
      }, 10_000);
      await ended;
      clearTimeout(timer);
    },
  };

  function signal(name: NodeJS.Signals): void {
    try {
      if (shell.pid !== undefined) process.kill(-shell.pid, name);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}
