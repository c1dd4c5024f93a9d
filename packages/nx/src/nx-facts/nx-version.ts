import { pluginError } from '../errors/plugin-error.ts';
import { requireNx } from './require-nx.ts';

/** Major and minor of the Nx that this process belongs to. */
export interface NxVersion {
  readonly major: number;
  readonly minor: number;
}

/** @throws LarderError `LARDER_NX_VERSION_UNKNOWN` */
export function installedNxVersion(): NxVersion {
  try {
    const { version } = requireNx('nx/package.json') as { version: string };
    return parseNxVersion(version);
  } catch (cause) {
    throw pluginError('LARDER_NX_VERSION_UNKNOWN', 'The version of Nx could not be found', {
      hint: 'Install the package "nx" in the workspace.',
      cause,
    });
  }
}

export function parseNxVersion(version: string): NxVersion {
  const [major, minor] = version.split('.', 2).map(Number);
  if (!Number.isInteger(major) || !Number.isInteger(minor))
    throw new Error(`Not a version: ${version}`);
  return { major: major ?? 0, minor: minor ?? 0 };
}

/** From 20.8 on Nx has plugin hooks and an HTTP cache client: the hooks door is open. */
export function hasHooksDoor({ major, minor }: NxVersion): boolean {
  return major > 20 || (major === 20 && minor >= 8);
}

/**
 * When Nx looks a task up: within the time that it counts as the task's own (until 22.6), right
 * before it (22.7), or together with every other ready task, some of which may have to wait (from 23
 * on). Source: `startTime` in Nx's task-orchestrator, and runs of each version.
 */
export function lookupTiming({ major, minor }: NxVersion): 'within' | 'before' | 'when-ready' {
  if (major >= 23) return 'when-ready';
  return major === 22 && minor >= 7 ? 'before' : 'within';
}

/**
 * Whether hooks can know all that tells a command to skip its cache. Nx before 22.7 runs them in a
 * daemon with the daemon's variables, before 21.4 also without the command line (measured).
 */
export function showsCommandToHooks({ major, minor }: NxVersion): boolean {
  return major > 22 || (major === 22 && minor >= 7);
}

/**
 * Whether Nx's cache client loses the exit code of what it restores, so that a failure that somebody
 * stored, with NX_CACHE_FAILURES, is a success elsewhere (measured on 20.8.4, 21.0.4 and 21.6.11, and
 * no more on 22.7.12).
 */
export function takesFailuresForSuccesses({ major, minor }: NxVersion): boolean {
  return major < 22 || (major === 22 && minor < 7);
}
