import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';

import { ensureDebianPackages } from '../debian/ensure-debian-packages.ts';
import { type CleanupStack, createCleanupStack } from '../processes/cleanup-stack.ts';
import { findFreePorts } from './find-free-ports.ts';
import { isHealthy } from './is-healthy.ts';
import { startEngineProcess } from './start-engine-process.ts';
import {
  formatProxyConf,
  formatSwiftConf,
  type SwiftConfiguration,
  type SwiftPorts,
} from './swift-configuration.ts';
import { createSwiftNode, type SwiftNode } from './swift-node.ts';
import { buildSwiftRings } from './swift-rings.ts';

/** A store of objects on several nodes, each of which has all of them, behind one address. */
export interface SwiftCluster {
  readonly endpoint: string;
  /** What AWS's SDK and the suites read. */
  readonly variables: Readonly<Record<string, string>>;
  /** Ends a node, from 0 on, as a power cut would. It keeps what it has. */
  killNode(node: number): Promise<void>;
  /** Starts a node again, which does not get what it has missed before `replicate` is called. */
  startNode(node: number): Promise<void>;
  /** Has every node that runs send the others what they have missed, once. */
  replicate(): Promise<void>;
  /** Ends every process and removes what they have stored. */
  stop(): Promise<void>;
}

const DEBIAN_PACKAGES = [
  ...['swift', 'swift-proxy', 'swift-account', 'swift-container', 'swift-object', 'memcached'],
];

const PROGRAMS = [
  ...['proxy', 'account', 'container', 'object'].map((kind) => `/usr/bin/swift-${kind}-server`),
  '/usr/bin/memcached',
];

const CREDENTIALS = { account: 'test', user: 'tester', secret: 'testing', region: 'us-east-1' };

/**
 * Starts OpenStack Swift with its S3 API on free ports of loopback, from Debian's packages, which are
 * installed when they are absent and this user may do so.
 */
export async function startSwiftCluster(
  env: Readonly<Record<string, string>>,
  { nodes = 3 }: { readonly nodes?: number } = {},
): Promise<SwiftCluster> {
  await ensureDebianPackages(DEBIAN_PACKAGES, {
    files: PROGRAMS,
    env,
    otherwise: 'install OpenStack Swift and memcached',
  });
  const folder = await mkdtemp(join(tmpdir(), 'larder-swift-'));
  const configuration: SwiftConfiguration = {
    folder,
    ports: await findPorts(nodes),
    credentials: CREDENTIALS,
    systemUser: userInfo().username,
  };
  const cleanup = createCleanupStack();
  cleanup.add(() => rm(folder, { recursive: true, force: true }));
  try {
    return await startAll(configuration, { env, cleanup });
  } catch (error) {
    await cleanup.run();
    throw error;
  }
}

async function findPorts(nodes: number): Promise<SwiftPorts> {
  const [proxy = 0, memcached = 0, ...rest] = await findFreePorts(2 + 3 * nodes);
  const servers = Array.from({ length: nodes }, (_value, node) => {
    const [account = 0, container = 0, object = 0] = rest.slice(3 * node);
    return { account, container, object };
  });
  return { proxy, memcached, servers };
}

async function startAll(
  configuration: SwiftConfiguration,
  { env, cleanup }: { env: Readonly<Record<string, string>>; cleanup: CleanupStack },
): Promise<SwiftCluster> {
  const { folder, ports } = configuration;
  const proxyConf = join(folder, 'proxy-server.conf');
  await writeFile(join(folder, 'swift.conf'), formatSwiftConf());
  await writeFile(proxyConf, formatProxyConf(configuration));
  await buildSwiftRings(configuration, env);

  const startProcess = async (command: string, args: readonly string[]) => {
    const logFile = join(folder, `${command}.log`);
    const started = await startEngineProcess(command, args, { cwd: folder, env, logFile });
    cleanup.add(() => started.kill());
    return started;
  };
  const user = process.getuid?.() === 0 ? ['-u', 'root'] : [];
  await startProcess('memcached', [
    ...['-l', '127.0.0.1', '-p', String(ports.memcached), '-m', '32', ...user],
  ]);
  const nodes: SwiftNode[] = [];
  for (const number of ports.servers.keys()) {
    const node = await createSwiftNode(configuration, number, env);
    cleanup.add(() => node.kill());
    nodes.push(node);
  }
  const proxy = await startProcess('swift-proxy-server', [proxyConf]);
  await Promise.all(nodes.map((node) => node.start()));
  await proxy.waitUntil('Swift answers', () => isHealthy(ports.proxy));
  return clusterOf(configuration, nodes, cleanup);
}

function clusterOf(
  { ports, credentials }: SwiftConfiguration,
  nodes: readonly SwiftNode[],
  cleanup: CleanupStack,
): SwiftCluster {
  const endpoint = `http://127.0.0.1:${ports.proxy}`;
  const down = new Set<number>();
  const nodeOf = (number: number): SwiftNode => {
    const node = nodes[number];
    if (node === undefined) throw new Error(`There is no node ${number}.`);
    return node;
  };
  return {
    endpoint,
    variables: {
      LARDER_TEST_S3_ENDPOINT: endpoint,
      AWS_ACCESS_KEY_ID: `${credentials.account}:${credentials.user}`,
      AWS_SECRET_ACCESS_KEY: credentials.secret,
      AWS_REGION: credentials.region,
    },
    async killNode(number) {
      down.add(number);
      await nodeOf(number).kill();
    },
    async startNode(number) {
      await nodeOf(number).start();
      down.delete(number);
    },
    async replicate() {
      for (const [number, node] of nodes.entries()) {
        if (!down.has(number)) await node.replicate();
      }
    },
    stop: () => cleanup.run(),
  };
}
