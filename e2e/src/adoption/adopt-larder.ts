import { deepStrictEqual, match, ok, strictEqual } from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { type Machine } from '../machines/create-machine.ts';
import { killAgent } from '../processes/agent-processes.ts';
import { machineProcesses } from '../processes/machine-processes.ts';
import { waitUntil } from '../processes/wait-until.ts';
import { queryArtifacts } from '../server/query-artifacts.ts';
import { larderVariables, type LarderServer } from '../server/start-larder-server.ts';
import { formatOf } from '../workspace/nx-version.ts';
import { type OutputTree, readOutputs, removeOutputs } from '../workspace/outputs.ts';
import { readRunRecord, type TaskRecord } from '../workspace/run-record.ts';
import { wireHash } from '../workspace/wire-hash.ts';
import { type Cell } from './cells.ts';
import { createUserWorkspace } from './create-user-workspace.ts';
import { type PackageManager } from './package-managers.ts';
import { type StepLog } from './steps.ts';
import { commitAll, runUsersNx, uncommittedChanges, type UserWorkspace } from './user-workspace.ts';

export interface AdoptionOptions {
  readonly machine: Machine;
  readonly packageManager: PackageManager;
  readonly server: LarderServer;
  readonly steps: StepLog;
}

/** What init adds to, and remove takes from. */
interface SetUp {
  readonly nxJson: string;
  /** Null where there is none. */
  readonly gitignore: string | null;
  /** Of package.json, of which package managers themselves change other parts. */
  readonly devDependencies: Readonly<Record<string, string>>;
}

/** What somebody does who makes a workspace, adds Larder, builds, and removes Larder again. */
export async function adoptLarder(
  cell: Cell,
  { machine, packageManager, server, steps }: AdoptionOptions,
): Promise<void> {
  const workspace = await steps.take('create', () =>
    createUserWorkspace(cell, { machine, packageManager }),
  );
  const before = await readSetUp(workspace);
  await commitAll(workspace, 'Start');

  await steps.take('nx add', async () => {
    await runUsersNx(workspace, ['add', '@larder/nx']);
    const { nxJson, devDependencies } = await readSetUp(workspace);
    match(nxJson, /"@larder\/nx"/, 'nx.json names the plugin');
    ok(devDependencies['@larder/nx'], 'package.json lists the plugin');
  });
  await commitAll(workspace, 'Add Larder');

  const built = await steps.take('first build', () => buildFirst(workspace, cell, server));
  await steps.take('second build', () => buildAgain(workspace, server, built));
  await steps.take('init again', async () => {
    await runUsersNx(workspace, ['g', '@larder/nx:init', '--no-interactive']);
    deepStrictEqual(await uncommittedChanges(workspace), []);
  });
  await steps.take('remove', async () => {
    await runUsersNx(workspace, ['g', '@larder/nx:remove', '--no-interactive']);
    deepStrictEqual(await readSetUp(workspace), before);
    strictEqual(existsSync(join(workspace.folder, 'node_modules/@larder/nx')), false);
  });
  await steps.take('end', () => endEverything(workspace));
}

/** Builds where nobody has built, and waits until the server has all of it. */
async function buildFirst(
  workspace: UserWorkspace,
  { nxVersion }: Cell,
  server: LarderServer,
): Promise<OutputTree> {
  // The daemon of Nx 21.6 that has seen the workspace before `nx add` hashes otherwise than the next one.
  await runUsersNx(workspace, ['reset']);
  const tasks = await build(workspace, server);
  strictEqual(tasks.length, workspace.outputs.length);
  deepStrictEqual(sourcesOf(tasks), expectedSources(tasks, 'executed'));
  const outputs = await readOutputs(workspace);
  for (const folder of workspace.outputs) ok(outputs[folder], `the build makes ${folder}`);
  const hashes = tasks.map(({ hash }) => wireHash(formatOf(nxVersion), hash));
  await waitUntil('the server has all artifacts', async () => {
    const stored = await queryArtifacts(server, hashes);
    return hashes.every((hash) => stored[hash] != null);
  });
  return outputs;
}

/** Builds as if on another machine. */
async function buildAgain(
  workspace: UserWorkspace,
  server: LarderServer,
  built: OutputTree,
): Promise<void> {
  await runUsersNx(workspace, ['reset']);
  await removeOutputs(workspace);
  deepStrictEqual(await readOutputs(workspace), {});
  const tasks = await build(workspace, server);
  deepStrictEqual(sourcesOf(tasks), expectedSources(tasks, 'remote'));
  deepStrictEqual(await readOutputs(workspace), built);
}

async function build(workspace: UserWorkspace, server: LarderServer): Promise<TaskRecord[]> {
  await runUsersNx(workspace, ['run-many', '-t', 'build'], larderVariables(server));
  return readRunRecord(workspace);
}

function sourcesOf(tasks: readonly TaskRecord[]): Record<string, string> {
  return Object.fromEntries(tasks.map(({ project, source }) => [project, source]));
}

function expectedSources(
  tasks: readonly TaskRecord[],
  source: TaskRecord['source'],
): Record<string, string> {
  return Object.fromEntries(tasks.map(({ project }) => [project, source]));
}

async function readSetUp({ folder }: UserWorkspace): Promise<SetUp> {
  const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as {
    readonly devDependencies?: SetUp['devDependencies'];
  };
  return {
    nxJson: await readFile(join(folder, 'nx.json'), 'utf8'),
    gitignore: await readFile(join(folder, '.gitignore'), 'utf8').catch(() => null),
    devDependencies: manifest.devDependencies ?? {},
  };
}

/** Nx's daemon on request, the agent, which would wait for more builds, and with them all else. */
async function endEverything(workspace: UserWorkspace): Promise<void> {
  await runUsersNx(workspace, ['daemon', '--stop']);
  await killAgent(workspace);
  await waitUntil(
    'no process of the machine is left',
    async () => (await machineProcesses(workspace.machine)).length === 0,
  );
}
