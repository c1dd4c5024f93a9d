// Programs with Vercel's own clients against the installed server.
import { copyFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';

import { installationFolder, vercelClientsInstallation } from '../installations/installation.ts';
import { createMachine, type Machine } from '../machines/create-machine.ts';
import { type CleanupStack, createCleanupStack } from '../processes/cleanup-stack.ts';
import { runCommandOrThrow } from '../processes/run-command.ts';
import { assetsFolder } from '../repository.ts';
import { type LarderServer, startLarderServer } from '../server/start-larder-server.ts';

const WRITER = 'a-token-that-writes';
const READER = 'a-token-that-reads';

let cleanup: CleanupStack;
let machine: Machine;
let server: LarderServer;

beforeAll(async () => {
  cleanup = createCleanupStack();
  machine = await createMachine();
  cleanup.add(machine.remove);
  server = await startLarderServer(machine, {
    tokens: [
      { token: WRITER, access: 'read-write' },
      { token: READER, access: 'read' },
    ],
  });
  cleanup.add(server.stop);
  await symlink(
    join(installationFolder(vercelClientsInstallation), 'node_modules'),
    join(machine.folder, 'node_modules'),
  );
});

afterAll(() => cleanup.run());

/** Runs one of the scripts in `assets` where it finds the clients, and reads what it saw. */
async function runSession(script: string): Promise<unknown> {
  await copyFile(join(assetsFolder, script), join(machine.folder, script));
  const { stdout } = await runCommandOrThrow(process.execPath, [script], {
    cwd: machine.folder,
    env: { ...machine.env, URL: server.url, WRITER, READER },
  });
  return JSON.parse(stdout);
}

it('@vercel/remote stores, finds and gets artifacts, and is told what it may not', async () => {
  expect(await runSession('vercel-remote-session.cjs')).toEqual({
    before: [false, { error: 'not_found' }],
    put: 202,
    duplicate: 202,
    after: [true, true],
    readerPuts: { error: 'forbidden' },
    readerGets: true,
    stranger: [{ error: 'unauthorized' }, { error: 'unauthorized' }],
    badHash: { error: 'bad_request' },
  });
});

it('@vercel/sdk comes through all endpoints, and is told what it may not', async () => {
  expect(await runSession('vercel-sdk-session.mjs')).toEqual({
    status: { status: 'enabled' },
    before: [{ status: 404 }, { status: 404 }],
    upload: 1,
    duplicate: 1,
    after: [true, true],
    query: { abc: { size: 20_000, taskDurationMs: 12, tag: 'a-tag' }, absent: null },
    events: 'taken',
    readerUploads: { status: 403 },
    readerDownloads: true,
    stranger: [{ status: 401 }, { status: 401 }],
    deletion: { deletedCount: 1 },
  });
});
