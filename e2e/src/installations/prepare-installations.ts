import { copyFile, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { runCommandOrThrow } from '../processes/run-command.ts';
import { contentVersion } from '../registry/content-version.ts';
import { type LocalRegistry, startLocalRegistry } from '../registry/start-local-registry.ts';
import { installationsFolder } from '../repository.ts';
import {
  type Installation,
  installationFolder,
  type LarderPackage,
  packageFolders,
} from './installation.ts';

export interface PrepareOptions {
  /** Complete environment of the npm commands. */
  readonly env: Readonly<Record<string, string>>;
  /** Told what takes long. */
  readonly onProgress: (text: string) => void;
}

/** An installation with the versions that its packages have now. */
interface Plan {
  readonly installation: Installation;
  /** What is published for it; the plugin brings the client along. */
  readonly releases: Readonly<Partial<Record<LarderPackage, string>>>;
  /** The dependencies in its package.json. */
  readonly dependencies: Readonly<Record<string, string>>;
}

/**
 * Installs what is not there yet or is there with other content: publishes the built packages to a
 * registry that runs as long as this call, and installs from it with npm.
 */
export async function prepareInstallations(
  installations: readonly Installation[],
  { env, onProgress }: PrepareOptions,
): Promise<void> {
  await mkdir(installationsFolder, { recursive: true });
  const missing: Plan[] = [];
  for (const installation of installations) {
    const plan = await planInstallation(installation);
    if (!(await isInstalled(plan))) missing.push(plan);
  }
  if (missing.length === 0) return;

  onProgress('Starting a local registry');
  const registry = await startLocalRegistry(env);
  try {
    await publishReleases(missing, registry, onProgress);
    for (const plan of missing) {
      const names = Object.entries(plan.dependencies).map((entry) => entry.join('@'));
      onProgress(`Installing ${names.join(', ')}`);
      await install(plan, registry, env);
    }
  } finally {
    await registry.stop();
  }
}

async function planInstallation(installation: Installation): Promise<Plan> {
  const names = new Set(installation.larderPackages);
  if (names.has('@larder/nx')) names.add('@larder/client');
  const version = await contentVersion([...names].map((name) => packageFolders[name]));
  return {
    installation,
    releases: Object.fromEntries([...names].map((name) => [name, version])),
    dependencies: {
      ...installation.packages,
      ...Object.fromEntries(
        installation.larderPackages.map((name) => {
          const alias = installation.aliases?.[name];
          return alias === undefined ? [name, version] : [alias, `npm:${name}@${version}`];
        }),
      ),
    },
  };
}

async function isInstalled({ installation, dependencies }: Plan): Promise<boolean> {
  const file = join(installationFolder(installation), 'package.json');
  const text = await readFile(file, 'utf8').catch(() => null);
  if (text === null) return false;
  const manifest = JSON.parse(text) as { devDependencies: unknown };
  return JSON.stringify(manifest.devDependencies) === JSON.stringify(dependencies);
}

async function publishReleases(
  plans: readonly Plan[],
  registry: LocalRegistry,
  onProgress: (text: string) => void,
): Promise<void> {
  const published = new Set<string>();
  for (const { releases } of plans) {
    for (const [name, version] of Object.entries(releases)) {
      const release = `${name}@${version}`;
      if (published.has(release)) continue;
      published.add(release);
      onProgress(`Publishing ${release}`);
      await registry.publish(packageFolders[name as LarderPackage], version);
    }
  }
}

async function install(
  { installation, dependencies }: Plan,
  registry: LocalRegistry,
  env: Readonly<Record<string, string>>,
): Promise<void> {
  const folder = await mkdtemp(join(installationsFolder, '.incomplete-'));
  try {
    const { name, lockFile, overrides } = installation;
    const manifest = { name, private: true, devDependencies: dependencies, overrides };
    await writeFile(join(folder, 'package.json'), JSON.stringify(manifest, null, 2) + '\n');
    await writeFile(join(folder, '.npmrc'), `@larder:registry=${registry.url}\n`);
    if (lockFile !== undefined) await copyFile(lockFile, join(folder, 'package-lock.json'));
    const command = lockFile === undefined ? 'install' : 'ci';
    await runCommandOrThrow('npm', [command, '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd: folder,
      // Nx's install script must neither start a daemon nor ask for anything.
      env: { ...env, CI: 'true', NX_DAEMON: 'false', NX_NO_CLOUD: 'true' },
    });
    // The registry is gone when the installation is used.
    await rm(join(folder, '.npmrc'));
    const target = installationFolder(installation);
    await rm(target, { recursive: true, force: true });
    await rename(folder, target);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
