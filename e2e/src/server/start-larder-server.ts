import { join } from 'node:path';

import { installationFolder, serverInstallation } from '../installations/installation.ts';
import { type Machine } from '../machines/create-machine.ts';
import { type ProcessEnd, startProcess } from '../processes/start-process.ts';

export interface LarderServer {
  readonly url: string;
  readonly token: string;
  readonly dataDirectory: string;
  /** Everything that it has printed and logged so far. */
  readonly output: () => string;
  /** Asks the server to end. */
  readonly stop: () => Promise<ProcessEnd>;
  /** Ends the server as a power cut would. */
  readonly kill: () => Promise<ProcessEnd>;
}

/** What `larder-server --json` prints once it listens. */
type StartLine = Pick<LarderServer, 'url' | 'token' | 'dataDirectory'>;

/** The installed `larder-server` command. */
export const larderServerCommand = join(
  installationFolder(serverInstallation),
  'node_modules',
  '.bin',
  'larder-server',
);

export interface ServerOptions {
  /** A free one by default. */
  readonly port?: number;
  /** The `tokens` of its configuration, instead of the one that it makes itself. */
  readonly tokens?: readonly object[];
  /** The `oidc` of its configuration. */
  readonly oidc?: readonly object[];
  /** The `signatureKeys` of its configuration, by team. */
  readonly signatureKeys?: Readonly<Record<string, string>>;
}

/** Starts the installed `larder-server` and waits until it listens. */
export async function startLarderServer(
  machine: Machine,
  { port = 0, tokens, oidc, signatureKeys }: ServerOptions = {},
): Promise<LarderServer> {
  const server = await startProcess(larderServerCommand, argumentsOf(machine, port), {
    cwd: machine.folder,
    env: {
      ...machine.env,
      ...jsonVariables({
        LARDER_SERVER_TOKENS: tokens,
        LARDER_SERVER_OIDC: oidc,
        LARDER_SERVER_SIGNATURE_KEYS: signatureKeys,
      }),
    },
    parseReady,
  });
  return {
    ...server.ready,
    output: server.output,
    stop: () => server.end('SIGTERM'),
    kill: () => server.end('SIGKILL'),
  };
}

/** Starts the installed `larder-server` and ends it as a power cut would, whether it listens or not. */
export async function crashWhileStarting(machine: Machine, afterMs: number): Promise<void> {
  const neverReady = startProcess(larderServerCommand, argumentsOf(machine, 0), {
    cwd: machine.folder,
    env: machine.env,
    parseReady: () => null,
    timeoutMs: afterMs,
  });
  // Its early end is what is wanted.
  await neverReady.catch(() => undefined);
}

/** Those that are given. */
function jsonVariables(values: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, JSON.stringify(value)]],
    ),
  );
}

/** The variables with which the plugin finds a server. */
export function larderVariables({
  url,
  token,
}: Pick<LarderServer, 'url' | 'token'>): Record<string, string> {
  return { LARDER_URL: url, LARDER_TOKEN: token };
}

function argumentsOf({ folder }: Machine, port: number): string[] {
  return ['--port', String(port), '--data-dir', join(folder, 'larder-data'), '--json'];
}

function parseReady(output: string): StartLine | null {
  const line = output.split('\n').find((text) => text.startsWith('{"url"') && text.endsWith('}'));
  return line === undefined ? null : (JSON.parse(line) as StartLine);
}
