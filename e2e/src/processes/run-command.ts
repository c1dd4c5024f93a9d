import { spawn } from 'node:child_process';
import { performance } from 'node:perf_hooks';

export interface CommandOptions {
  readonly cwd: string;
  /** The complete environment of the command; nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  /** After this time the command and its children are killed and the call rejects. */
  readonly timeoutMs?: number;
  readonly onOutput?: (text: string) => void;
  /** Told the command's process, which is also its process group. */
  readonly onStart?: (pid: number) => void;
}

export interface CommandResult {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly durationMs: number;
}

const DEFAULT_TIMEOUT_MS = 240_000;

/**
 * Runs a command to its end, without standard input, and returns what it said, whatever its exit
 * code is. It ends when its output does, so a process that it leaves behind holding the output
 * shows as a time-out.
 */
export function runCommand(
  command: string,
  args: readonly string[],
  { cwd, env, timeoutMs = DEFAULT_TIMEOUT_MS, onOutput, onStart }: CommandOptions,
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const startedAt = performance.now();
    const child = spawn(command, args, {
      cwd,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      // A process group of its own, so that the time-out reaches the command's children too.
      detached: true,
    });
    if (child.pid !== undefined) onStart?.(child.pid);
    const output = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (text: string) => {
        output[name] += text;
        onOutput?.(text);
      });
    }
    let hasTimedOut = false;
    const timer = setTimeout(() => {
      hasTimedOut = true;
      killGroup(child.pid);
      child.stdout.destroy();
      child.stderr.destroy();
    }, timeoutMs);
    child.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.on('close', (exitCode) => {
      clearTimeout(timer);
      const commandLine = [command, ...args].join(' ');
      if (hasTimedOut) {
        reject(
          new Error(
            `"${commandLine}" did not end within ${timeoutMs} ms.\n${output.stdout}${output.stderr}`,
          ),
        );
      } else {
        resolve({ exitCode, ...output, durationMs: performance.now() - startedAt });
      }
    });
  });
}

/** Like {@link runCommand}, but an exit code other than 0 rejects with everything that was said. */
export async function runCommandOrThrow(
  command: string,
  args: readonly string[],
  options: CommandOptions,
): Promise<CommandResult> {
  const result = await runCommand(command, args, options);
  if (result.exitCode !== 0) {
    throw new Error(
      `"${[command, ...args].join(' ')}" ended with ${String(result.exitCode)} in ${options.cwd}.\n` +
        `${result.stdout}${result.stderr}`,
    );
  }
  return result;
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // The group has ended between the time-out and the signal.
  }
}
