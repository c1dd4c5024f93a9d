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
  publish(packageFolder: string, version: string): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts a registry on a free loopback port that holds `@larder/*` and nothing else; everything
 * that these packages need comes from npm's own registry.
 *
 * @param env complete environment of the npm commands
 */
export async function startLocalRegistry(
  env: Readonly<Record<string, string>>,
): Promise<LocalRegistry> {
  const folder = await mkdtemp(join(tmpdir(), 'larder-e2e-registry-'));
  const configFile = join(folder, 'config.yaml');
  await writeFile(configFile, JSON.stringify(registryConfiguration(folder)));
  const server = (await runServer(configFile)) as Server;
  const { port } = await listen(server);
  const url = `http://127.0.0.1:${port}/`;
  const userConfig = join(folder, 'npmrc');
  // npm refuses to publish without a token; the registry accepts any.
  await writeFile(userConfig, `//127.0.0.1:${port}/:_authToken=anonymous\n`);

  return {
    url,
    async publish(packageFolder, version) {
      const staged = await mkdtemp(join(folder, 'package-'));
      await stagePackage(packageFolder, staged, version);
      await runCommandOrThrow(
        'npm',
        ['publish', staged, '--registry', url, '--tag', 'e2e', '--userconfig', userConfig],
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
function registryConfiguration(folder: string): object {
  return {
    storage: join(folder, 'storage'),
    auth: { htpasswd: { file: join(folder, 'htpasswd') } },
    uplinks: {},
    packages: { '@larder/*': { access: '$all', publish: '$all' } },
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
