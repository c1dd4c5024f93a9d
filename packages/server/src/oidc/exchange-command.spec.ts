// The commands of docs/configuration.md, run as a workflow would run them.
import { execFile, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startIssuer, type Issuer } from '../testing/issuer.fixture.ts';
import {
  removeTemporaryFolders,
  startServer,
  type RunningServer,
} from '../testing/start-server.fixture.ts';

const page = readFileSync(join(__dirname, '../../../../docs/configuration.md'), 'utf8');
const commands = [...page.matchAll(/^export TURBO_TOKEN=.*$/gm)].map(([command]) => command);

const hasTools = ['curl', 'jq'].every((tool) => spawnSync(tool, ['--version']).status === 0);
const itWithTools = hasTools ? it : it.skip;

const AUDIENCE = 'https://cache.example.com';

let issuer: Issuer;
let running: RunningServer;

beforeAll(async () => {
  issuer = await startIssuer();
  const rules = [{ claims: { project: 'shop' }, access: 'read' as const, scope: 'trusted' }];
  running = await startServer({
    oidc: [
      { issuer: issuer.url, audience: AUDIENCE, rules },
      { issuer: issuer.url, audience: 'http://server.test', rules },
    ],
  });
});

afterAll(async () => {
  await running.server.close();
  await issuer.close();
  await removeTemporaryFolders();
});

/** What the shell has in `TURBO_TOKEN` afterwards; it fails as a step of a workflow would. */
async function runCommand(command: string, env: Record<string, string>): Promise<string> {
  const script = `set -eo pipefail\n${command}\nprintf %s "$TURBO_TOKEN"`;
  const { stdout } = await promisify(execFile)('bash', ['-c', script], {
    env: { PATH: process.env.PATH, LARDER_URL: running.url, ...env },
  });
  return stdout;
}

async function isGood(token: string): Promise<boolean> {
  const { status } = await fetch(`${running.url}/v8/artifacts/status`, {
    headers: { authorization: `Bearer ${token}` },
  });
  return status === 200;
}

/** The endpoint of GitHub's runners: it signs for whoever a job asks. */
async function startRequestEndpoint() {
  const seen: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    seen.push(request);
    const audience = new URL(request.url ?? '', 'http://github').searchParams.get('audience');
    // The address of the server is not known before it listens.
    const aud = audience === running.url ? 'http://server.test' : audience;
    void issuer.sign({ aud, project: 'shop' }).then((value) => {
      response.end(JSON.stringify({ count: value.length, value }));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/idtoken?api-version=2.0`,
    seen,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

describe('the documented exchange', () => {
  it('is one line for each service', () => {
    expect(commands).toHaveLength(2);
  });

  itWithTools('gets a token in a job of GitHub Actions', async () => {
    const endpoint = await startRequestEndpoint();
    try {
      const token = await runCommand(commands[0] ?? '', {
        ACTIONS_ID_TOKEN_REQUEST_URL: endpoint.url,
        ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'request-token',
      });

      expect(await isGood(token)).toBe(true);
      expect(endpoint.seen[0]?.headers.authorization).toBe('bearer request-token');
    } finally {
      await endpoint.close();
    }
  });

  itWithTools('gets a token in a job of GitLab', async () => {
    const identity = await issuer.sign({ aud: AUDIENCE, project: 'shop' });

    expect(await isGood(await runCommand(commands[1] ?? '', { LARDER_ID_TOKEN: identity }))).toBe(
      true,
    );
  });
});
