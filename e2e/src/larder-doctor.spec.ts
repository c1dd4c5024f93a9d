// What `larder doctor` finds with a real server and its real tokens. The table of everything that it
// can find is with the unit tests.
import { join } from 'node:path';

import { createMachine } from './machines/create-machine.ts';
import { killAgent } from './processes/agent-processes.ts';
import { type CleanupStack, createCleanupStack } from './processes/cleanup-stack.ts';
import { runCommand } from './processes/run-command.ts';
import { type LarderServer, startLarderServer } from './server/start-larder-server.ts';
import { createWorkspace, type Workspace } from './workspace/create-workspace.ts';
import { supportedNxVersions } from './workspace/nx-version.ts';
import { smallSixProjects } from './workspace/six-projects.ts';

const NX_VERSION = supportedNxVersions.at(-1) ?? '';

const tokens = {
  good: { token: 'token-of-the-main-branch', access: 'read-write' },
  reading: { token: 'token-that-only-reads', access: 'read' },
  ofAnotherTeam: { token: 'token-of-another-team', access: 'read-write', teams: ['blog'] },
} as const;

interface Finding {
  readonly id: string;
  readonly result: string;
  readonly message: string;
}

let cleanup: CleanupStack;
let server: LarderServer;
let workspace: Workspace;

beforeAll(async () => {
  cleanup = createCleanupStack();
  const machine = await createMachine();
  cleanup.add(machine.remove);
  server = await startLarderServer(machine, { tokens: Object.values(tokens) });
  cleanup.add(server.stop);
  workspace = await createWorkspace({
    machine,
    nxVersion: NX_VERSION,
    projects: smallSixProjects,
    cache: 'larder',
  });
  cleanup.add(() => killAgent(workspace));
});

afterAll(() => cleanup.run());

/** Everything that is no better than a warning. */
async function complaints(
  variables: Readonly<Record<string, string>>,
): Promise<{ exitCode: number | null; found: string[] }> {
  const { exitCode, stdout } = await runCommand(
    join(workspace.folder, 'node_modules', '.bin', 'larder'),
    ['doctor', '--json'],
    {
      cwd: workspace.folder,
      env: { ...workspace.machine.env, LARDER_URL: server.url, ...variables },
    },
  );
  const { findings } = JSON.parse(stdout) as { readonly findings: readonly Finding[] };
  const found = findings
    .filter(({ result }) => result === 'problem' || result === 'warning')
    .map(({ id, result, message }) => `${id}: ${result}: ${message}`);
  return { exitCode, found };
}

it('finds nothing wrong with a server that is well', async () => {
  expect(await complaints({ LARDER_TOKEN: tokens.good.token })).toEqual({ exitCode: 0, found: [] });
  const signed = { LARDER_TOKEN: tokens.good.token, LARDER_SIGNATURE_KEY: 'a'.repeat(40) };
  expect(await complaints(signed)).toEqual({ exitCode: 0, found: [] });
});

it.each<[string, Readonly<Record<string, string>>, RegExp]>([
  [
    'a token that the server does not know',
    { LARDER_TOKEN: 'unknown' },
    /^token: problem: .* unknown there, has expired or was revoked/,
  ],
  [
    'a token that only reads, where the mode writes',
    { LARDER_TOKEN: tokens.reading.token },
    /: problem: The token may only read, but the mode is "read-write" \(default\)/,
  ],
  [
    'a token of another team',
    { LARDER_TOKEN: tokens.ofAnotherTeam.token, LARDER_TEAM_SLUG: 'shop' },
    /^token: problem: The token has no access to the team shop/,
  ],
  [
    'another key than the one that others sign with',
    { LARDER_TOKEN: tokens.good.token, LARDER_SIGNATURE_KEY: 'b'.repeat(40) },
    /^signature-key: problem: .* wrong signature/,
  ],
  [
    'https that is spoken to an http port',
    { LARDER_TOKEN: tokens.good.token, LARDER_URL: 'https' },
    /^server: problem: .* by https, but the port speaks http/,
  ],
])('finds %s', async (_what, variables, complaint) => {
  const url = variables.LARDER_URL === 'https' ? server.url.replace('http:', 'https:') : server.url;
  const { exitCode, found } = await complaints({ ...variables, LARDER_URL: url });
  expect(exitCode).toBe(1);
  expect(found[0]).toMatch(complaint);
});

it('finds nothing wrong with a token that only reads, where nothing is written', async () => {
  const variables = { LARDER_TOKEN: tokens.reading.token, LARDER_MODE: 'read' };
  expect(await complaints(variables)).toEqual({ exitCode: 0, found: [] });
});
