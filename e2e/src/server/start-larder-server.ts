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
}

/** Starts the installed `larder-server` and waits until it listens. */
export async function startLarderServer(
  machine: Machine,
  { port = 0, tokens, oidc }: ServerOptions = {},
): Promise<LarderServer> {
  const server = await startProcess(
    larderServerCommand,
    ['--port', String(port), '--data-dir', join(machine.folder, 'larder-data'), '--json'],
    {
      cwd: machine.folder,
      env: {
        ...machine.env,
        ...(tokens === undefined ? {} : { LARDER_SERVER_TOKENS: JSON.stringify(tokens) }),
        ...(oidc === undefined ? {} : { LARDER_SERVER_OIDC: JSON.stringify(oidc) }),
      },
      parseReady,
    },
  );
  return {
    ...server.ready,
    output: server.output,
    stop: () => server.end('SIGTERM'),
    kill: () => server.end('SIGKILL'),
  };
}

/** The variables with which the plugin finds a server. */
export function larderVariables({
  url,
  token,
}: Pick<LarderServer, 'url' | 'token'>): Record<string, string> {
  return { LARDER_URL: url, LARDER_TOKEN: token };
}

function parseReady(output: string): StartLine | null {
  const line = output.split('\n').find((text) => text.startsWith('{"url"') && text.endsWith('}'));
  return line === undefined ? null : (JSON.parse(line) as StartLine);
}
