// The lines of shell in docs/ci that get a token for a job, run as the CI services would run them.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';

import { createMachine, type Machine } from './machines/create-machine.ts';
import { type CleanupStack, createCleanupStack } from './processes/cleanup-stack.ts';
import { runCommand } from './processes/run-command.ts';
import { repositoryRoot } from './repository.ts';
import { type CiService, startCiService } from './server/start-ci-service.ts';
import { type LarderServer, startLarderServer } from './server/start-larder-server.ts';

const AUDIENCE = 'https://cache.example.com';
const TURBO = ['TURBO_API', 'TURBO_TOKEN'];
const NX = ['NX_SELF_HOSTED_REMOTE_CACHE_SERVER', 'NX_SELF_HOSTED_REMOTE_CACHE_ACCESS_TOKEN'];

let cleanup: CleanupStack;
let machine: Machine;
let service: CiService;
let server: LarderServer;

beforeAll(async () => {
  cleanup = createCleanupStack();
  machine = await createMachine();
  cleanup.add(machine.remove);
  service = await startCiService();
  cleanup.add(service.close);
  server = await startLarderServer(machine, {
    oidc: [
      {
        issuer: service.url,
        audience: AUDIENCE,
        rules: [{ claims: { ref: 'refs/heads/main' }, access: 'read-write', scope: 'trusted' }],
      },
    ],
  });
  cleanup.add(server.stop);
});

afterAll(() => cleanup.run());

/** The lines of a page's recipes that get a token, in their order. */
async function exchangesOf(page: string): Promise<string[]> {
  const text = await readFile(join(repositoryRoot, 'docs', 'ci', `${page}.md`), 'utf8');
  const lines = [...text.matchAll(/^```yaml\n([^]*?)^```/gm)].flatMap(([, block = '']) =>
    textsOf(parse(block)).flatMap((each) => each.split('\n')),
  );
  return lines.filter((line) => line.includes('/auth/oidc'));
}

/** Every text in a value, however deep. */
function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(textsOf);
}

async function identityOf(ref: string): Promise<string> {
  const { ACTIONS_ID_TOKEN_REQUEST_URL: url = '', ACTIONS_ID_TOKEN_REQUEST_TOKEN: token = '' } =
    service.variables({ event_name: 'push', ref, ref_protected: 'true' });
  const response = await fetch(`${url}&audience=${encodeURIComponent(AUDIENCE)}`, {
    headers: { authorization: `bearer ${token}` },
  });
  return ((await response.json()) as { value: string }).value;
}

/** What the commands behind the line see of these variables. */
async function run(line: string, identityVariable: string, ref: string, names: readonly string[]) {
  const printed = names.map((name) => `"$${name}"`).join(' ');
  const { exitCode, stdout } = await runCommand(
    'bash',
    ['-eo', 'pipefail', '-c', `${line}\nprintf '%s\\n' ${printed}`],
    {
      cwd: machine.folder,
      env: { ...machine.env, LARDER_URL: server.url, [identityVariable]: await identityOf(ref) },
    },
  );
  expect(exitCode).toBe(0);
  return stdout.split('\n').slice(0, -1);
}

describe.each([
  { page: 'gitlab-ci', identityVariable: 'LARDER_ID_TOKEN', recipes: [TURBO, NX] },
  { page: 'circleci', identityVariable: 'CIRCLE_OIDC_TOKEN_V2', recipes: [TURBO] },
])('docs/ci/$page.md', ({ page, identityVariable, recipes }) => {
  it('gets a token that the server knows, for the variables of each tool', async () => {
    const lines = await exchangesOf(page);
    expect(lines).toHaveLength(recipes.length);
    for (const [index, names] of recipes.entries()) {
      const line = lines[index] ?? '';
      const [url, token = ''] = await run(line, identityVariable, 'refs/heads/main', names);
      expect(url).toBe(server.url);
      const status = await fetch(`${server.url}/v8/artifacts/status`, {
        headers: { authorization: `Bearer ${token}` },
      });
      expect(status.status).toBe(200);
    }
  });

  it('sets nothing and goes on when the server refuses', async () => {
    const lines = await exchangesOf(page);
    for (const [index, names] of recipes.entries()) {
      const shown = await run(lines[index] ?? '', identityVariable, 'refs/heads/topic', names);
      expect(shown).toEqual(['No remote cache.', '', '']);
    }
  });
});
