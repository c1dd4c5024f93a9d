import { readEnvironment } from '@larder/e2e/environment';
import { vercelClientsInstallation } from '@larder/e2e/installations/installation';
import { prepareInstallations } from '@larder/e2e/installations/prepare-installations';
import { type BenchContext } from '../runner/bench.ts';

/** Installs the package at its pinned version, unless it is there. */
export function prepareVercelRemote({ onProgress }: BenchContext): Promise<void> {
  const env = readEnvironment().inherited;
  return prepareInstallations([vercelClientsInstallation], { env, onProgress });
}
