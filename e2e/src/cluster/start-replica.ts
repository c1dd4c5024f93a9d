import { type Machine } from '../machines/create-machine.ts';
import { type ProcessEnd, startProcess } from '../processes/start-process.ts';
import { larderServerCommand } from '../server/start-larder-server.ts';

/** One of the servers of a cluster. It keeps nothing. */
export interface Replica {
  readonly url: string;
  readonly pid: number;
  /** Everything that it has printed and logged so far. */
  readonly output: () => string;
  readonly stop: () => Promise<ProcessEnd>;
  /** Ends it as a power cut would. */
  readonly kill: () => Promise<ProcessEnd>;
}

export interface ReplicaOptions {
  /** What names the bucket and the database to it. */
  readonly variables: Readonly<Record<string, string>>;
  /** A free one by default. */
  readonly port?: number;
}

/** The token of every replica that is started here. */
export const CLUSTER_TOKEN = 'token-of-the-cluster-read-write';

/** Starts the installed `larder-server` on storage that others have as well. */
export async function startReplica(
  machine: Machine,
  { variables, port = 0 }: ReplicaOptions,
): Promise<Replica> {
  const server = await startProcess(larderServerCommand, ['--port', String(port), '--json'], {
    cwd: machine.folder,
    env: {
      ...machine.env,
      LARDER_SERVER_TOKENS: JSON.stringify([
        { token: CLUSTER_TOKEN, access: 'read-write', label: 'cluster' },
      ]),
      LARDER_SERVER_LOG_LEVEL: 'warn',
      ...variables,
    },
    parseReady,
  });
  return {
    url: server.ready.url,
    pid: server.pid,
    output: server.output,
    stop: () => server.end('SIGTERM'),
    kill: () => server.end('SIGKILL'),
  };
}

function parseReady(output: string): { url: string } | null {
  const line = output.split('\n').find((text) => text.startsWith('{"url"') && text.endsWith('}'));
  return line === undefined ? null : (JSON.parse(line) as { url: string });
}
