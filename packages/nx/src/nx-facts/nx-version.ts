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

/** From 23 on Nx looks up every ready task at once instead of each right before it starts. */
export function looksUpReadyTasks({ major }: NxVersion): boolean {
  return major >= 23;
}
