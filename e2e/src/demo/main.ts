// The main job, shown to people: `npm run demo`. Two real workspaces build against a real server,
// lose everything that is local, and get all of it back. Ends with "demo: ok", or with exit code 1.
// The picture in the README shows a part of it: `npm run demo -- --picture` makes it again, and
// `-- --check-picture` fails when it is not what is printed.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { readEnvironment } from '../environment.ts';
import { demoInstallation, serverInstallation } from '../installations/installation.ts';
import { prepareInstallations } from '../installations/prepare-installations.ts';
import { createMachine } from '../machines/create-machine.ts';
import { createCleanupStack } from '../processes/cleanup-stack.ts';
import { repositoryRoot } from '../repository.ts';
import { queryArtifacts } from '../server/query-artifacts.ts';
import {
  larderVariables,
  type LarderServer,
  startLarderServer,
} from '../server/start-larder-server.ts';
import { formatOf, doorOf } from '../workspace/nx-version.ts';
import { readOutputs, removeLocalCache, removeOutputs } from '../workspace/outputs.ts';
import { runNx } from '../workspace/run-nx.ts';
import { readRunRecord, type TaskRecord, type TaskSource } from '../workspace/run-record.ts';
import { wireHash } from '../workspace/wire-hash.ts';
import { createDemoWorkspace, type DemoWorkspace } from './create-demo-workspace.ts';
import { createNarrator } from './narrator.ts';
import { linesOf, renderPicture, stableLines } from './picture.ts';

const NX_VERSIONS = ['24.0.6', '19.8.14'];

const PICTURE = join(repositoryRoot, 'docs', 'demo.svg');

/** What is being recorded for the picture. */
const pictured: string[] = [];
let isRecording = false;

const narrator = createNarrator((text) => {
  console.log(text);
  if (isRecording) pictured.push(...text.split('\n'));
});

async function main(): Promise<void> {
  const cleanup = createCleanupStack();
  try {
    narrator.chapter('Packages');
    narrator.say(
      'Publishing this checkout to a local registry and installing from it, as a user would.',
    );
    await prepareInstallations([serverInstallation, ...NX_VERSIONS.map(demoInstallation)], {
      env: readEnvironment().inherited,
      onProgress: (text) => {
        narrator.say(`  ${text} …`);
      },
    });

    narrator.chapter('A cache server');
    const machine = await createMachine();
    cleanup.add(machine.remove);
    narrator.command('larder-server');
    const server = await startLarderServer(machine);
    cleanup.add(server.stop);
    narrator.say(`  listens on ${server.url}, keeps everything in one folder, made itself a token`);

    for (const nxVersion of NX_VERSIONS) {
      const workspace = await createDemoWorkspace({
        machine,
        nxVersion,
        installation: demoInstallation(nxVersion),
      });
      await showWorkspace(workspace, server);
    }
    if (process.argv.includes('--picture')) await writeFile(PICTURE, renderPicture(pictured));
    else if (process.argv.includes('--check-picture')) await checkPicture();
  } finally {
    await cleanup.run();
  }
}

async function checkPicture(): Promise<void> {
  const shown = stableLines(linesOf(await readFile(PICTURE, 'utf8')));
  if (JSON.stringify(shown) !== JSON.stringify(stableLines(pictured))) {
    throw new Error('docs/demo.svg is out of date: `npm run demo -- --picture` makes it again.');
  }
}

async function showWorkspace(workspace: DemoWorkspace, server: LarderServer): Promise<void> {
  const { nxVersion } = workspace;
  const door = doorOf(nxVersion) === 'hooks' ? 'plugin' : 'tasks runner';
  narrator.chapter(`Nx ${nxVersion}, through its ${door}`);
  narrator.say('nx.json:');
  narrator.output(JSON.stringify(workspace.nxJson, null, 2));

  isRecording = nxVersion === NX_VERSIONS[0];
  narrator.say(
    '\nOne machine builds. Nothing is cached, so every task runs, and its outputs are pushed:',
  );
  const first = await build(workspace, server, 'executed');
  const built = await readOutputs(workspace);

  narrator.say('\nAnother machine has neither outputs nor a local cache:');
  narrator.command(`rm -rf .nx ~/.nx ${workspace.outputs.join(' ')}`);
  await removeOutputs(workspace);
  await removeLocalCache(workspace);
  const second = await build(workspace, server, 'remote');
  const restored = await readOutputs(workspace);
  const fileCount = Object.values(built).filter((what) => what.startsWith('file')).length;
  if (JSON.stringify(restored) !== JSON.stringify(built)) {
    throw new Error('What came back is not what was built.');
  }
  narrator.say(
    `\n  ${seconds(first.durationMs)} with every task run, ${seconds(second.durationMs)} with none; ` +
      `${fileCount} files came back byte for byte.`,
  );
  isRecording = false;
  await showStored(workspace, server, first.tasks);
}

async function build(
  workspace: DemoWorkspace,
  server: LarderServer,
  expected: TaskSource,
): Promise<{ tasks: TaskRecord[]; durationMs: number }> {
  const args = ['run-many', '-t', 'build', '--output-style=static'];
  narrator.command(`nx ${args.join(' ')}`);
  const env = { ...larderVariables(server), NX_DAEMON: 'false' };
  const result = await runNx(workspace, args, env);
  narrator.output(`${result.stdout}${result.stderr}`);
  if (result.exitCode !== 0) throw new Error(`nx ended with ${String(result.exitCode)}.`);
  const tasks = await readRunRecord(workspace);
  const others = tasks.filter(({ source }) => source !== expected);
  if (tasks.length === 0 || others.length > 0) {
    const list = others.map(({ project, source }) => `${project} (${source})`).join(', ');
    throw new Error(`Not every task was ${expected}: ${list}.`);
  }
  return { tasks, durationMs: result.durationMs };
}

async function showStored(
  { nxVersion }: DemoWorkspace,
  server: LarderServer,
  tasks: readonly TaskRecord[],
): Promise<void> {
  const hashOf = ({ hash }: TaskRecord): string => wireHash(formatOf(nxVersion), hash);
  const stored = await queryArtifacts(server, tasks.map(hashOf));
  narrator.say('\nWhat the server holds of it:');
  narrator.table(
    ['project', 'artifact', 'bytes', 'task took'],
    tasks.map((task) => {
      const artifact = stored[hashOf(task)];
      if (artifact == null) throw new Error(`The server does not have ${task.project}.`);
      return [
        task.project,
        `${hashOf(task).slice(0, 16)}…`,
        String(artifact.size),
        `${artifact.taskDurationMs} ms`,
      ];
    }),
  );
}

function seconds(durationMs: number): string {
  return `${(durationMs / 1000).toFixed(1)} s`;
}

main().then(
  () => {
    console.log('\ndemo: ok');
  },
  (error: unknown) => {
    console.error(error);
    console.error('\ndemo: failed');
    process.exitCode = 1;
  },
);
