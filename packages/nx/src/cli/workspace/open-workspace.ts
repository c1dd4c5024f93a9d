import { findDataDirectory } from '../../doors/data-directory.ts';
import {
  isListedAsPlugin,
  isNamedAsRunner,
  pluginOptionsOf,
  runnerOptionsOf,
} from '../../doors/runner-options.ts';
import type { NxJson } from '../../nx-facts/nx-contexts.ts';
import { hasHooksDoor, parseNxVersion, type NxVersion } from '../../nx-facts/nx-version.ts';
import { requireNx } from '../../nx-facts/require-nx.ts';
import { pluginError } from '../../errors/plugin-error.ts';
import { readEnvironment, type LarderEnvironment } from '../../options/environment.ts';
import type { ResolvedOptions } from '../../options/larder-options.ts';
import { resolveOptions } from '../../options/resolve-options.ts';
import type { CliIo } from '../cli-io.ts';
import { findWorkspaceRoot } from './find-workspace-root.ts';
import { readNxJson } from './read-nx-json.ts';
import { withDotEnv } from './read-dot-env.ts';

/** The workspace of the working folder, as an Nx command there would see it. */
export interface CliWorkspace {
  readonly root: string;
  readonly nxJson: NxJson;
  readonly nx: InstalledNx;
  readonly environment: LarderEnvironment;
}

export interface InstalledNx {
  /** Such as `24.0.6`. */
  readonly text: string;
  readonly version: NxVersion;
}

/** The way by which the plugin gets into this workspace's Nx; null when it does not. */
export type Door = 'runner' | 'hooks';

/**
 * @throws LarderError `LARDER_CLI_NO_WORKSPACE`, `LARDER_CLI_NX_JSON_UNREADABLE`,
 * `LARDER_NX_VERSION_UNKNOWN`
 */
export function openWorkspace({ variables }: Pick<CliIo, 'variables'>): CliWorkspace {
  const root = findWorkspaceRoot(process.cwd(), variables);
  return {
    root,
    nxJson: readNxJson(root),
    nx: installedNx(root),
    environment: readEnvironment(withDotEnv(root, variables)),
  };
}

export function doorOf({ nxJson, nx: { version } }: CliWorkspace): Door | null {
  if (hasHooksDoor(version) && isListedAsPlugin(nxJson)) return 'hooks';
  return version.major < 21 && isNamedAsRunner(nxJson) ? 'runner' : null;
}

/**
 * The options as the door of this workspace settles them.
 *
 * @throws LarderError `LARDER_OPTIONS_INVALID_VALUE`, `LARDER_OPTIONS_INVALID_URL`
 */
export function optionsOf({ nxJson, nx, environment }: CliWorkspace): ResolvedOptions {
  return resolveOptions({
    // The runner is not told of them.
    pluginOptions: hasHooksDoor(nx.version) ? pluginOptionsOf(nxJson) : undefined,
    runnerOptions: runnerOptionsOf(nxJson),
    environment,
  });
}

export function dataDirectoryOf(
  { root, nx }: CliWorkspace,
  { dataDirectory }: Pick<ResolvedOptions, 'dataDirectory'>,
): string {
  return findDataDirectory({
    workspaceRoot: root,
    configured: dataDirectory,
    nxVersion: nx.version,
  });
}

function installedNx(root: string): InstalledNx {
  try {
    const { version } = requireNx('nx/package.json') as { version: string };
    return { text: version, version: parseNxVersion(version) };
  } catch (cause) {
    throw pluginError(
      'LARDER_NX_VERSION_UNKNOWN',
      `The version of Nx in ${root} could not be found`,
      {
        hint: 'Install the package "nx" in the workspace.',
        cause,
      },
    );
  }
}
