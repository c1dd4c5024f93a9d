import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Migration } from '../maintenance/migrate-storage.ts';
import { runCommand } from '../testing/run-command.fixture.ts';
import {
  createTemporaryFolder,
  listStoredFiles,
  removeTemporaryFolders,
  startServer,
  type RunningServer,
} from '../testing/start-server.fixture.ts';

let source: RunningServer;
let target: RunningServer;

beforeEach(async () => {
  source = await startServer();
  target = await startServer();
});
afterEach(async () => {
  await source.server.close();
  await target.server.close();
});
afterAll(removeTemporaryFolders);

async function put(server: RunningServer, hash: string, body: string): Promise<void> {
  const headers = { 'x-artifact-duration': '12', 'x-artifact-tag': `tag of ${hash}` };
  const path = `/v8/artifacts/${hash}?teamId=a`;
  expect((await server.fetch(path, { method: 'PUT', body, headers })).status).toBe(202);
}

async function get(server: RunningServer, hash: string): Promise<unknown[]> {
  const response = await server.fetch(`/v8/artifacts/${hash}?teamId=a`);
  const header = (name: string) => response.headers.get(`x-artifact-${name}`);
  return [response.status, await response.text(), header('duration'), header('tag')];
}

async function migrate(to = target.dataDirectory) {
  const args = ['migrate', '--from', source.dataDirectory, '--json'];
  const { exitCode, out, err } = await runCommand(to, args);
  return { exitCode, err, migration: JSON.parse(out || '{}') as Migration };
}

async function pathOfOnlyFile(server: RunningServer): Promise<string> {
  const [file = ''] = await listStoredFiles(server.dataDirectory);
  const name = file.slice('blobs/'.length);
  return join(server.dataDirectory, 'blobs', name.slice(0, 2), name);
}

it('copies what is known of artifacts, while both servers run', async () => {
  await put(source, 'one', 'first');
  await put(source, 'two', 'second');
  await put(target, 'two', 'of the new server');
  const { exitCode, migration } = await migrate();
  expect(exitCode).toBe(0);
  expect(migration).toMatchObject({ copied: 1, bytes: 5, present: 1, failed: [] });
  expect(await get(target, 'one')).toEqual([200, 'first', '12', 'tag of one']);
  // The first write wins.
  expect((await get(target, 'two')).slice(0, 2)).toEqual([200, 'of the new server']);
  expect((await get(source, 'one')).slice(0, 2)).toEqual([200, 'first']);
});

it('copies only what is new when it is done again', async () => {
  await put(source, 'one', 'first');
  await migrate();
  await put(source, 'two', 'second');
  expect((await migrate()).migration).toMatchObject({ copied: 1, present: 1 });
  expect((await migrate()).migration).toMatchObject({ copied: 0, present: 2 });
  expect((await get(target, 'two')).slice(0, 2)).toEqual([200, 'second']);
});

it('takes created tokens along', async () => {
  const { out } = await runCommand(source.dataDirectory, [
    ...['token', 'create', '--label', 'ci', '--access', 'read', '--json'],
  ]);
  const { token } = JSON.parse(out) as { token: string };
  expect((await migrate()).migration.tokens).toBe(1);
  expect((await migrate()).migration.tokens).toBe(0);
  const response = await fetch(`${target.url}/v8/artifacts/status`, {
    headers: { authorization: `Bearer ${token}` },
  });
  expect(response.status).toBe(200);
});

it.each([
  ['other bytes', (path: string) => damage(path), 'instead of'],
  ['nothing', (path: string) => rm(path), 'gone'],
])('copies no artifact that has become %s, and says so', async (_what, spoil, problem) => {
  await put(source, 'one', 'first');
  await spoil(await pathOfOnlyFile(source));
  const { exitCode, err, migration } = await migrate();
  expect([exitCode, migration.copied]).toEqual([1, 0]);
  expect(err).toContain('LARDER_SERVER_ARTIFACTS_DAMAGED');
  expect(migration.failed).toMatchObject([{ key: { hash: 'one' } }]);
  expect(migration.failed[0]?.problem).toContain(problem);
  expect((await get(target, 'one'))[0]).toBe(404);
  expect(await listStoredFiles(target.dataDirectory)).toEqual([]);
});

it('copies nothing into the folder that it is to copy from', async () => {
  const { exitCode, err } = await migrate(source.dataDirectory);
  expect(exitCode).toBe(2);
  expect(err).toContain('also the one to copy to');
});

it('refuses a folder that holds nothing', async () => {
  const empty = await createTemporaryFolder();
  const { exitCode, err } = await runCommand(target.dataDirectory, ['migrate', '--from', empty]);
  expect(exitCode).toBe(1);
  expect(err).toContain('LARDER_SERVER_DATA_UNUSABLE');
});

/** Changes the first byte of a file. */
async function damage(path: string): Promise<void> {
  const bytes = await readFile(path);
  bytes.writeUInt8(bytes.readUInt8(0) ^ 1);
  await writeFile(path, bytes);
}
