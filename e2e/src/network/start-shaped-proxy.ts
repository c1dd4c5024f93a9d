import { join } from 'node:path';

import { readEnvironment } from '../environment.ts';
import { startProcess } from '../processes/start-process.ts';
import { repositoryRoot } from '../repository.ts';
import { type ShapedProxy, type ShapedProxyOptions } from './shaped-proxy.ts';

/** Starts a shaped proxy in a process of its own and waits until it listens. */
export async function startShapedProxy(options: ShapedProxyOptions): Promise<ShapedProxy> {
  const proxy = await startProcess(
    process.execPath,
    [join(repositoryRoot, 'e2e', 'dist', 'network', 'proxy-process.js'), JSON.stringify(options)],
    { cwd: repositoryRoot, env: readEnvironment().inherited, parseReady },
  );
  return {
    url: proxy.ready.url,
    async close() {
      await proxy.end('SIGTERM');
    },
  };
}

function parseReady(output: string): { readonly url: string } | null {
  return output.endsWith('\n') ? (JSON.parse(output) as { url: string }) : null;
}
