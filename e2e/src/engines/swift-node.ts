import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { runCommandOrThrow } from '../processes/run-command.ts';
import { isHealthy } from './is-healthy.ts';
import { type EngineProcess, startEngineProcess } from './start-engine-process.ts';
import {
  formatServerConf,
  SWIFT_SERVER_KINDS,
  type SwiftConfiguration,
  type SwiftServerKind,
} from './swift-configuration.ts';

/** One machine of a cluster, as far as there is one. */
export interface SwiftNode {
  /** Resolves once all of its servers answer. */
  start(): Promise<void>;
  /** As a power cut would. What it has stays. */
  kill(): Promise<void>;
  /** Sends the other nodes what they have missed. */
  replicate(): Promise<void>;
}

export async function createSwiftNode(
  configuration: SwiftConfiguration,
  node: number,
  env: Readonly<Record<string, string>>,
): Promise<SwiftNode> {
  const { folder, ports } = configuration;
  const nodeFolder = join(folder, `node-${node}`);
  const confFile = (kind: SwiftServerKind) => join(folder, `${kind}-${node}.conf`);
  await mkdir(join(nodeFolder, 'disk'), { recursive: true });
  for (const kind of SWIFT_SERVER_KINDS) {
    await writeFile(confFile(kind), formatServerConf(configuration, { kind, node, nodeFolder }));
  }
  let running: EngineProcess[] = [];

  const start = (program: string, kind: SwiftServerKind) =>
    startEngineProcess(program, [confFile(kind)], {
      cwd: folder,
      env,
      logFile: join(folder, `${program}-${node}.log`),
    });

  return {
    async start() {
      const servers: { kind: SwiftServerKind; server: EngineProcess }[] = [];
      for (const kind of SWIFT_SERVER_KINDS) {
        const server = await start(`swift-${kind}-server`, kind);
        running.push(server);
        servers.push({ kind, server });
      }
      // Brings listings up to date that could not be when an object was written.
      running.push(await start('swift-object-updater', 'object'));
      for (const { kind, server } of servers) {
        const port = ports.servers[node]?.[kind] ?? 0;
        await server.waitUntil(`the ${kind} server of node ${node} answers`, () => isHealthy(port));
      }
    },
    async kill() {
      const ended = running;
      running = [];
      await Promise.all(ended.map((process) => process.kill()));
    },
    async replicate() {
      for (const kind of SWIFT_SERVER_KINDS) {
        await runCommandOrThrow(`swift-${kind}-replicator`, [confFile(kind), '--once'], {
          cwd: folder,
          env,
        });
      }
    },
  };
}
