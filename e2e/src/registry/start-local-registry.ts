import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { runServer } from 'verdaccio';

import { runCommandOrThrow } from '../processes/run-command.ts';
import { stagePackage } from './stage-package.ts';

export interface LocalRegistry {
  /** Ends in a slash, as npm wants it. */
  readonly url: string;
  /** Publishes the built package in the folder under the given version. */
  publish(packageFolder: string, version: string, options?: PublishOptions): Promise<void>;
  stop(): Promise<void>;
}

export interface PublishOptions {
  /** The dist-tag; with `latest` the version is the one that is installed without a wish. */
  readonly tag?: string;
}

export interface RegistryOptions {
  /** Another registry, which is asked for all other packages. */
  readonly upstream?: string;
}

/**
 * Starts a registry on a free loopback port that holds `@larder/*` and, without an upstream, nothing
 * else: everything that these packages need comes from npm's own registry then.
 *
 * @param env complete environment of the npm commands
 */
export async function startLocalRegistry(
  env: Readonly<Record<string, string>>,
  options: RegistryOptions = {},
): Promise<LocalRegistry> {
  const folder = await mkdtemp(join(tmpdir(), 'larder-e2e-registry-'));
  const configFile = join(folder, 'config.yaml');
  await writeFile(configFile, JSON.stringify(registryConfiguration(folder, options)));
  const server = (await runServer(configFile)) as Server;
  const { port } = await listen(server);
  const url = `http://127.0.0.1:${port}/`;
  const userConfig = join(folder, 'npmrc');
  // npm refuses to publish without a token; the registry accepts any.
  await writeFile(userConfig, `//127.0.0.1:${port}/:_authToken=anonymous\n`);

  return {
    url,
    async publish(packageFolder, version, { tag = 'e2e' } = {}) {
      const staged = await mkdtemp(join(folder, 'package-'));
      await stagePackage(packageFolder, staged, version);
      await runCommandOrThrow(
        'npm',
        ['publish', staged, '--registry', url, '--tag', tag, '--userconfig', userConfig],
        { cwd: folder, env: { ...env, npm_config_loglevel: 'error' } },
      );
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Verdaccio's configuration; JSON, which is YAML too. */
function registryConfiguration(folder: string, { upstream }: RegistryOptions): object {
  return {
    storage: join(folder, 'storage'),
    auth: { htpasswd: { file: join(folder, 'htpasswd') } },
    uplinks:
      upstream === undefined ? {} : { upstream: { url: upstream, timeout: '60s', maxage: '60m' } },
    packages: {
      '@larder/*': { access: '$all', publish: '$all' },
      ...(upstream === undefined ? {} : { '**': { access: '$all', proxy: 'upstream' } }),
    },
    web: { enable: false },
    max_body_size: '100mb',
    log: { type: 'stdout', format: 'json', level: 'error' },
  };
}

function listen(server: Server): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      resolve(server.address() as AddressInfo);
    });
  });
}
