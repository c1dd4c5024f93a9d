import { join } from 'node:path';

import { assetsFolder, installationsFolder, repositoryRoot } from '../repository.ts';

/** A set of packages that is installed together, as a user would with one `npm install`. */
export interface Installation {
  /** The folder's name; unique among the installations. */
  readonly name: string;
  /** Exact versions from npm's registry. */
  readonly packages: Readonly<Record<string, string>>;
  /** npm's lock file for just these packages, where their newest dependencies cannot be relied on. */
  readonly lockFile?: string;
  /** npm's overrides; those that the lock file was made with where there is one. */
  readonly overrides?: Readonly<Record<string, string>>;
  /** Packages of this repository, installed from the local registry. */
  readonly larderPackages: readonly LarderPackage[];
  /** Other names under which some of them are installed. */
  readonly aliases?: Readonly<Partial<Record<LarderPackage, string>>>;
}

export type LarderPackage =
  '@larder/client' | '@larder/nx' | '@larder/fast-lane' | '@larder/server';

/** Where the repository builds each package. */
export const packageFolders: Readonly<Record<LarderPackage, string>> = {
  '@larder/client': join(repositoryRoot, 'packages', 'client'),
  '@larder/nx': join(repositoryRoot, 'packages', 'nx'),
  '@larder/fast-lane': join(repositoryRoot, 'packages', 'fast-lane'),
  '@larder/server': join(repositoryRoot, 'packages', 'server'),
};

export const serverInstallation: Installation = {
  name: 'server',
  packages: {},
  larderPackages: ['@larder/server'],
};

export const clientInstallation: Installation = {
  name: 'client',
  packages: {},
  larderPackages: ['@larder/client'],
};

/** A server of the artifacts API that others wrote. */
export const foreignServerInstallation: Installation = {
  name: 'turborepo-remote-cache',
  packages: { 'turborepo-remote-cache': '2.12.0' },
  // The newest of its hundreds of dependencies now and then ask for what is not published yet.
  lockFile: join(assetsFolder, 'turborepo-remote-cache', 'package-lock.json'),
  overrides: { '@aws-sdk/core': '3.981.0' },
  larderPackages: [],
};

/** Clients of the artifacts API that Vercel wrote. */
export const vercelClientsInstallation: Installation = {
  name: 'vercel-clients',
  packages: { '@vercel/remote': '1.0.1', '@vercel/sdk': '1.28.35' },
  larderPackages: [],
};

/** Nx alone, as a team has it that has not heard of the plugin. */
export function plainNxInstallation(nxVersion: string): Installation {
  return { name: `nx-${nxVersion}-alone`, packages: { nx: nxVersion }, larderPackages: [] };
}

/** Nx with the plugin. */
export function nxInstallation(nxVersion: string): Installation {
  return { name: `nx-${nxVersion}`, packages: { nx: nxVersion }, larderPackages: ['@larder/nx'] };
}

/** The name under which the fast lane stands where Nx looks for it. */
export const FAST_LANE_NAME = '@nx/powerpack-azure-cache';

/** Nx with the plugin, and the fast lane beside it. */
export function fastLaneInstallation(nxVersion: string): Installation {
  return {
    name: `nx-${nxVersion}-fast-lane`,
    packages: { nx: nxVersion },
    larderPackages: ['@larder/nx', '@larder/fast-lane'],
    aliases: { '@larder/fast-lane': FAST_LANE_NAME },
  };
}

/** Nx with Vercel's tasks runner, which stopped at Nx 17; what it builds on went on to 19. */
export function vercelRunnerInstallation(nxVersion: string): Installation {
  return {
    name: `nx-${nxVersion}-vercel-runner`,
    packages: { nx: nxVersion, '@vercel/remote-nx': '2.0.0' },
    // It asks for Nx 19: without the second override, npm puts the newest of those beside this one.
    overrides: { 'nx-remotecache-custom': '19.0.0', nx: nxVersion },
    larderPackages: [],
  };
}

/** The same with the plugin, as somebody has it who is about to change from one to the other. */
export function changingInstallation(nxVersion: string): Installation {
  return {
    ...vercelRunnerInstallation(nxVersion),
    name: `nx-${nxVersion}-vercel-runner-and-plugin`,
    larderPackages: ['@larder/nx'],
  };
}

/** What a team with TypeScript libraries has. */
export function demoInstallation(nxVersion: string): Installation {
  return {
    name: `demo-nx-${nxVersion}`,
    packages: { nx: nxVersion, typescript: '6.0.3' },
    larderPackages: ['@larder/nx'],
  };
}

/** Where an installation lies once it is prepared. */
export function installationFolder(installation: Installation): string {
  return join(installationsFolder, installation.name);
}
