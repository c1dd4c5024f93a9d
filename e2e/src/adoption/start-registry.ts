import { tmpdir } from 'node:os';

import { type LarderPackage, packageFolders } from '../installations/installation.ts';
import { runCommandOrThrow } from '../processes/run-command.ts';
import { contentVersion } from '../registry/content-version.ts';
import { type LocalRegistry, startLocalRegistry } from '../registry/start-local-registry.ts';

const PUBLISHED: readonly LarderPackage[] = ['@larder/client', '@larder/nx'];

/** A registry with everything that npm's own has, and with Larder as if it had just been released. */
export async function startRegistry(env: Readonly<Record<string, string>>): Promise<LocalRegistry> {
  const { stdout } = await runCommandOrThrow('npm', ['config', 'get', 'registry'], {
    cwd: tmpdir(),
    env,
  });
  const registry = await startLocalRegistry(env, { upstream: stdout.trim() });
  try {
    const folders = PUBLISHED.map((name) => packageFolders[name]);
    const version = await contentVersion(folders);
    for (const folder of folders) await registry.publish(folder, version, { tag: 'latest' });
  } catch (error) {
    await registry.stop();
    throw error;
  }
  return registry;
}
