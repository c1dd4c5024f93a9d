import { readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'libsql';
import type { StorageRebuild } from '../maintenance/rebuild-storage.ts';
import type { Verification } from '../maintenance/verify-artifacts.ts';
import { databaseFile } from '../storage/data-directory.ts';
import { runCommand } from '../testing/run-command.fixture.ts';
import {
  listStoredFiles,
  removeTemporaryFolders,
  startServer,
  type RunningServer,
} from '../testing/start-server.fixture.ts';

const TOKENS = [
  { token: 'trusted-token-for-tests', access: 'read-write', label: 'main' },
  {
    token: 'isolated-token-for-tests',
    access: 'read-write',
    label: 'pull requests',
    scope: 'isolated:pr',
  },
] as const;

let running: RunningServer;

beforeEach(async () => {
  running = await startServer({ tokens: [...TOKENS] });
});
afterEach(() => running.server.close());
afterAll(removeTemporaryFolders);

const authorization = (token: string = TOKENS[0].token) => ({ authorization: `Bearer ${token}` });

async function put(path: string, body: string, headers: Record<string, string> = {}) {
  const init = { method: 'PUT', body, headers: { ...authorization(), ...headers } };
  const { status } = await running.fetch(path, init);
  expect([200, 202]).toContain(status);
}

async function get(path: string, headers: Record<string, string> = {}) {
  const response = await running.fetch(path, { headers: { ...authorization(), ...headers } });
  return {
    status: response.status,
    body: await response.text(),
    tag: response.headers.get('x-artifact-tag'),
    duration: response.headers.get('x-artifact-duration'),
  };
}

async function restart(): Promise<void> {
  await running.server.close();
  running = await startServer({ tokens: [...TOKENS], dataDirectory: running.dataDirectory });
}

/** A path as it is in the listing of stored files. */
async function pathsOfBlobs(): Promise<string[]> {
  const files = await listStoredFiles(running.dataDirectory);
  return files.map((file) => {
    const name = file.slice('blobs/'.length);
    return join(running.dataDirectory, 'blobs', name.slice(0, 2), name);
  });
}

async function loseIndex(): Promise<void> {
  for (const suffix of ['', '-wal', '-shm']) {
    await rm(databaseFile(running.dataDirectory) + suffix, { force: true });
  }
}

async function rebuild(): Promise<StorageRebuild> {
  const { exitCode, out, err } = await runCommand(running.dataDirectory, ['rebuild', '--json']);
  expect([exitCode, err]).toEqual([0, '']);
  return JSON.parse(out) as StorageRebuild;
}

async function verify(): Promise<{ exitCode: number; err: string; verification: Verification }> {
  const { exitCode, out, err } = await runCommand(running.dataDirectory, ['verify', '--json']);
  return { exitCode, err, verification: JSON.parse(out) as Verification };
}

describe('rebuild', () => {
  const readAll = () =>
    Promise.all([
      get('/v8/artifacts/first'),
      get('/v8/artifacts/first?teamId=b'),
      get('/v8/artifacts/first', authorization(TOKENS[1].token)),
      get('/v8/artifacts/second', authorization(TOKENS[1].token)),
      get('/v8/artifacts/second'),
      get('/v1/cache/first'),
    ]);

  async function storeSome(): Promise<void> {
    await put('/v8/artifacts/second', 'isolated', authorization(TOKENS[1].token));
    await put('/v8/artifacts/first', 'trusted', {
      'x-artifact-tag': 'a tag',
      'x-artifact-duration': '12',
    });
    await put('/v8/artifacts/first?teamId=b', 'of another team');
    await put('/v1/cache/first', 'of Nx');
  }

  it('brings back every artifact of a lost index, and to nobody else than before', async () => {
    await storeSome();
    const before = await readAll();
    expect(before.map(({ status }) => status)).toEqual([200, 200, 200, 200, 404, 200]);
    await running.server.close();
    await loseIndex();

    expect(await rebuild()).toMatchObject({ added: 4, kept: 0, damagedIndex: null });
    await restart();
    expect(await readAll()).toEqual(before);
    const { out } = await runCommand(running.dataDirectory, ['audit', '--hash', 'second']);
    expect(JSON.parse(out)).toMatchObject({ scope: 'isolated:pr', writer: 'pull requests' });
  });

  it('is what a server demands that finds artifacts but no index, and touches nothing', async () => {
    await storeSome();
    const files = await listStoredFiles(running.dataDirectory);
    await running.server.close();
    await loseIndex();
    await expect(startServer({ dataDirectory: running.dataDirectory })).rejects.toMatchObject({
      code: 'LARDER_SERVER_INDEX_MISSING',
      hint: expect.stringContaining('larder-server rebuild') as string,
    });
    const command = ['token', 'create', '--label', 'a', '--access', 'read'];
    expect(await runCommand(running.dataDirectory, command)).toMatchObject({ exitCode: 1 });
    expect(await listStoredFiles(running.dataDirectory)).toEqual(files);
    await expect(startServer({ dataDirectory: running.dataDirectory })).rejects.toThrow();
  });

  it.each([
    ['no database any more', (content: Buffer) => content.fill('x')],
    ['damaged in the middle', (content: Buffer) => content.fill('x', 4096, content.length - 4096)],
  ])('puts an index aside that is %s', async (_how, damage) => {
    await storeSome();
    const before = await readAll();
    await running.server.close();
    const file = databaseFile(running.dataDirectory);
    const damaged = damage(await readFile(file));
    await writeFile(file, damaged);

    const { exitCode, out } = await runCommand(running.dataDirectory, ['rebuild']);
    expect(exitCode).toBe(0);
    expect(out).toContain('4 artifacts added');
    const aside = /The damaged index is (\S+) now/.exec(out)?.[1] ?? '';
    expect((await readFile(aside)).equals(damaged)).toBe(true);
    await restart();
    expect(await readAll()).toEqual(before);
  });

  it('adds to an index that is well what it lacks, and keeps its tokens', async () => {
    await storeSome();
    const command = ['token', 'create', '--label', 'kept', '--access', 'read'];
    const token = (await runCommand(running.dataDirectory, command)).out.trim();
    await running.server.close();
    const database = new Database(databaseFile(running.dataDirectory));
    database.exec("delete from artifact where api = 'nx'");
    database.close();
    await rm((await pathsOfBlobs())[0]!);

    const { added, kept, removedRecords } = await rebuild();
    expect(added + kept).toBe(3);
    expect(kept + removedRecords).toBe(3);
    await restart();
    const answers = await readAll();
    expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThanOrEqual(3);
    expect((await get('/v8/artifacts/status', authorization(token))).status).toBe(200);
  });

  it('cannot tell what files are that an earlier version wrote, and says how many', async () => {
    await put('/v8/artifacts/first', 'bytes');
    const [file] = await pathsOfBlobs();
    await running.server.close();
    await truncate(file!, 5);
    await loseIndex();
    expect(await rebuild()).toMatchObject({ added: 0, undescribed: 1 });
  });

  it('is refused while a server holds the folder', async () => {
    const { exitCode, err } = await runCommand(running.dataDirectory, ['rebuild']);
    expect(exitCode).toBe(1);
    expect(err).toContain('LARDER_SERVER_DATA_LOCKED');
  });

  it('creates nothing where there is no data folder', async () => {
    const folder = join(running.dataDirectory, 'mistyped');
    const { exitCode, err } = await runCommand(folder, ['rebuild']);
    expect(exitCode).toBe(1);
    expect(err).toContain('LARDER_SERVER_DATA_UNUSABLE');
    expect(await readdir(running.dataDirectory)).not.toContain('mistyped');
  });
});

describe('verify, beside a running server', () => {
  it('finds nothing wrong with what is well', async () => {
    await put('/v8/artifacts/empty', '');
    await put('/v1/cache/first', 'bytes');
    const { exitCode, err, verification } = await verify();
    expect([exitCode, err]).toEqual([0, '']);
    expect(verification).toEqual({
      artifacts: 2,
      bytes: 5,
      quarantined: [],
      missing: [],
      unreadable: [],
      orphans: [],
      undescribed: 0,
    });
    const text = await runCommand(running.dataDirectory, ['verify']);
    expect(text.out).toBe('2 artifacts, 5 bytes: 0 quarantined, 0 missing, 0 unreadable\n');
  });

  it.each<[string, (content: Buffer) => Buffer]>([
    ['a flipped bit', (content) => content.fill(content[2]! ^ 1, 2, 3)],
    ['another length', (content) => content.subarray(0, 4)],
  ])('takes an artifact with %s out of service for good', async (_how, damage) => {
    await put('/v8/artifacts/bad', 'bytes');
    const [path] = await pathsOfBlobs();
    await put('/v8/artifacts/good', 'others');
    const damaged = damage(await readFile(path!));
    await writeFile(path!, damaged);

    const { exitCode, err, verification } = await verify();
    expect(exitCode).toBe(1);
    expect(err).toContain('LARDER_SERVER_ARTIFACTS_DAMAGED');
    expect(verification.quarantined).toMatchObject([{ key: { hash: 'bad', team: '' } }]);
    expect((await get('/v8/artifacts/bad')).status).toBe(404);
    expect((await get('/v8/artifacts/good')).body).toBe('others');
    const quarantine = join(running.dataDirectory, 'quarantine');
    const [kept] = await readdir(quarantine);
    expect((await readFile(join(quarantine, kept!))).equals(damaged)).toBe(true);

    await running.server.close();
    await loseIndex();
    expect(await rebuild()).toMatchObject({ added: 1 });
    await restart();
    expect((await get('/v8/artifacts/bad')).status).toBe(404);
    await put('/v8/artifacts/bad', 'bytes');
    expect((await get('/v8/artifacts/bad')).body).toBe('bytes');
  });

  it('removes the record of an artifact whose file is gone', async () => {
    await put('/v8/artifacts/gone', 'bytes');
    const [path] = await pathsOfBlobs();
    await rm(path!);
    const { exitCode, verification } = await verify();
    expect(exitCode).toBe(1);
    expect(verification.missing).toMatchObject([{ key: { hash: 'gone' } }]);
    expect((await verify()).exitCode).toBe(0);
  });

  it('tells of files that belong to no artifact, and leaves them alone', async () => {
    await put('/v8/artifacts/first', 'bytes');
    const name = 'ab00000000000000000000000000000a';
    const [path] = await pathsOfBlobs();
    const orphan = path!.replace(
      /[0-9a-f]{2}.[0-9a-f]{32}$/,
      join(path!.slice(-32, -30), path!.slice(-32, -30) + name.slice(2)),
    );
    await writeFile(orphan, 'orphan');
    const { exitCode, verification } = await verify();
    expect([exitCode, verification.orphans]).toEqual([0, [orphan.slice(-32)]]);
    expect(await readFile(orphan, 'utf8')).toBe('orphan');
  });

  it('takes nothing for damaged that comes or goes meanwhile', async () => {
    const body = 'x'.repeat(100_000);
    let isOver = false;
    const write = async (writer: number) => {
      for (let number = 0; !isOver; number += 1)
        await put(`/v8/artifacts/${writer}-${number}`, body);
    };
    const purge = async () => {
      while (!isOver)
        await running.fetch('/v8/artifacts', { method: 'DELETE', headers: authorization() });
    };
    const busy = [write(0), write(1), purge()];
    for (let round = 0; round < 5; round += 1) {
      const { exitCode, verification } = await verify();
      expect({ exitCode, ...verification }).toMatchObject({
        exitCode: 0,
        quarantined: [],
        missing: [],
        unreadable: [],
        orphans: [],
      });
    }
    isOver = true;
    await Promise.all(busy);
  });
});
