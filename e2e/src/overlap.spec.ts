import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';

import { readEnvironment } from './environment.ts';
import { fetchClient } from './http/http-client.ts';
import { createMachine } from './machines/create-machine.ts';
import { type CleanupStack, createCleanupStack } from './processes/cleanup-stack.ts';
import { type CommandResult } from './processes/run-command.ts';
import { waitUntil } from './processes/wait-until.ts';
import { artifactRequests } from './server/request-log.ts';
import { type LarderServer, startLarderServer } from './server/start-larder-server.ts';
import { createWorkspace, type Workspace } from './workspace/create-workspace.ts';
import { shellTask } from './workspace/independent-tasks.ts';
import { tellsArguments } from './workspace/nx-version.ts';
import { type ProjectLayout } from './workspace/project-layout.ts';
import { startDaemon, stopDaemon } from './workspace/run-build.ts';
import { runNx } from './workspace/run-nx.ts';

const { nxVersions, rounds = 5 } = readEnvironment();
/** Tasks of one command. */
const TASKS = 3;

/** Two people, each with a token that the server takes for their own team only. */
const sides = [
  { side: 'left', token: 'token-of-the-left-team', team: 'team_left' },
  { side: 'right', token: 'token-of-the-right-team', team: 'team_right' },
] as const;
type Side = (typeof sides)[number];

const pairs = Array.from({ length: rounds }, (_, index) => index + 1).flatMap((round) =>
  sides.map((side) => ({ round, side, names: namesOf(round, side.side) })),
);

// Before, hooks in a daemon cannot find out which command they are called for.
describe.each(nxVersions.filter(tellsArguments))('Nx %s', (nxVersion) => {
  let cleanup: CleanupStack;
  let server: LarderServer;
  let workspace: Workspace;
  const results: CommandResult[] = [];

  beforeAll(
    async () => {
      cleanup = createCleanupStack();
      const machine = await createMachine();
      cleanup.add(machine.remove);
      server = await startLarderServer(machine, {
        tokens: sides.map(({ side, token, team }) => ({
          token,
          access: 'read-write',
          teams: [team],
          label: side,
        })),
      });
      cleanup.add(server.stop);
      workspace = await createWorkspace({
        machine,
        nxVersion,
        projects: pairs.flatMap(({ round, side }) => projectsOf(round, side)),
        cache: 'larder',
      });
      await startDaemon(workspace, {});
      cleanup.add(() => stopDaemon(workspace));
      for (let round = 1; round <= rounds; round++) {
        const pair = pairs.filter((candidate) => candidate.round === round);
        results.push(...(await Promise.all(pair.map(({ side, names }) => build(side, names)))));
      }
    },
    60_000 * (rounds + 1),
  );

  afterAll(() => cleanup.run());

  function build({ token, team }: Side, names: readonly string[]): Promise<CommandResult> {
    return runNx(workspace, ['run-many', '-t', 'build', `--projects=${names.join()}`], {
      NX_DAEMON: 'true',
      LARDER_E2E_EXECUTIONS: workspace.executionsFile,
      LARDER_URL: server.url,
      LARDER_TOKEN: token,
      LARDER_TEAM_ID: team,
    });
  }

  it('finishes both of two commands at once that share a daemon', async () => {
    expect(results).toHaveLength(pairs.length);
    expect(results.filter(({ exitCode }) => exitCode !== 0)).toEqual([]);
    const executed = (await readFile(workspace.executionsFile, 'utf8')).split('\n').filter(Boolean);
    expect(executed.sort()).toEqual(pairs.flatMap(({ names }) => names).sort());
  });

  it('looks up and stores everything with the token of its own command', async () => {
    const requests = (method: string) =>
      artifactRequests(server).filter((request) => request.method === method);
    await waitUntil('the server has logged all uploads', () =>
      Promise.resolve(requests('PUT').length >= pairs.length * TASKS),
    );
    const stored: Record<string, string[]> = { left: [], right: [] };
    for (const { url, status, token = 'none' } of requests('PUT')) {
      expect(status).toBe(202);
      stored[token]?.push(await projectIn(url));
      const otherTokens = requests('GET').filter(
        (lookup) => lookup.url.pathname === url.pathname && lookup.token !== token,
      );
      expect(otherTokens).toEqual([]);
    }
    for (const { side } of sides) {
      const own = pairs.filter((pair) => pair.side.side === side).flatMap(({ names }) => names);
      expect(stored[side]?.sort()).toEqual(own.sort());
    }
  });

  /** The name that the task wrote into the artifact. */
  async function projectIn(url: URL): Promise<string> {
    const token = sides.find(({ team }) => team === url.searchParams.get('teamId'))?.token ?? '';
    const { status, body } = await fetchClient.request({
      method: 'GET',
      url: url.href,
      headers: { authorization: `Bearer ${token}` },
    });
    expect(status).toBe(200);
    return /This is ([a-z0-9-]+)\./.exec(gunzipSync(body).toString('latin1'))?.[1] ?? 'nothing';
  }
});

function namesOf(round: number, side: string): string[] {
  return Array.from({ length: TASKS }, (_, index) => `${side}-${round}-${index + 1}`);
}

/** The first task of each side begins only when that of the other one has begun as well. */
function projectsOf(round: number, { side }: Side): ProjectLayout[] {
  const otherSide = side === 'left' ? 'right' : 'left';
  const [own, other] = [side, otherSide].map((name) => `"$LARDER_E2E_EXECUTIONS.${name}-${round}"`);
  const meet =
    `touch ${own} && i=0; until [ -e ${other} ]; do ` +
    'i=$((i + 1)); if [ $i -gt 600 ]; then exit 1; fi; sleep 0.05; done';
  return namesOf(round, side).map((name, index) =>
    shellTask(name, index === 0 ? { before: meet } : {}),
  );
}
