import { spawn } from 'node:child_process';
import { type Cost } from './cost.ts';
import { createSubjectGroup } from './bench-group.ts';
import { watchPeakMemory } from './peak-memory.ts';

export interface CommandOptions {
  readonly cwd?: string;
  /** The complete environment; that of this process by default. */
  readonly env?: NodeJS.ProcessEnv;
  /** Sampling costs a little CPU time of the machine; off by default. */
  readonly withMemory?: boolean;
}

/**
 * Runs a command to its end, and whatever it started in the background as well: that is part of its
 * CPU time, but not of its wall time.
 *
 * @throws Error with what it said when it fails.
 */
export async function measureCommand(
  command: string,
  args: readonly string[],
  { cwd, env = process.env, withMemory = false }: CommandOptions = {},
): Promise<Cost> {
  const group = createSubjectGroup();
  try {
    const startedAt = performance.now();
    const child = group.startIn(() =>
      spawn(command, args, { cwd, env, stdio: ['ignore', 'ignore', 'pipe'] }),
    );
    const memory = withMemory ? watchPeakMemory(group) : null;
    let complaint = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
    const exitCode = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject).once('close', resolve);
    });
    const wallMs = performance.now() - startedAt;
    const peakRssMb = memory?.end() ?? null;
    if (exitCode !== 0) {
      throw new Error(
        `${[command, ...args].join(' ')} ended with ${exitCode ?? 'a signal'}.\n${complaint}`,
      );
    }
    return { cpuMs: group.cpuMs(), wallMs, peakRssMb };
  } finally {
    await group.remove();
  }
}
