import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { request } from 'node:http';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { runCrashRounds } from './crash/run-crash-rounds.ts';
import { readEnvironment } from './environment.ts';
import { fetchClient } from './http/http-client.ts';
import { createMachine, type Machine } from './machines/create-machine.ts';
import { type CleanupStack, createCleanupStack } from './processes/cleanup-stack.ts';
import { waitUntil } from './processes/wait-until.ts';
import { type LarderServer, startLarderServer } from './server/start-larder-server.ts';

const MEGABYTE = 1_000_000;

const { rounds = 8 } = readEnvironment();

describe('larder-server, killed under load', () => {
  let machine: Machine;

  beforeAll(async () => {
    machine = await createMachine();
  });

  afterAll(() => machine.remove());

  it('has kept what it acknowledged and nothing else, whenever that happens', async () => {
    const results = await runCrashRounds(machine, { rounds });
    expect(results.flatMap(({ problems }) => problems)).toEqual([]);
    // Otherwise nothing has been shown.
    expect(results.some(({ interrupted }) => interrupted > 0)).toBe(true);
    expect(results.some(({ verified }) => verified > 0)).toBe(true);
  });
});

describe('larder-server, killed in the middle of an upload', () => {
  let cleanup: CleanupStack;
  let machine: Machine;

  beforeAll(async () => {
    cleanup = createCleanupStack();
    machine = await createMachine();
    cleanup.add(machine.remove);
  });

  afterAll(() => cleanup.run());

  it('misses it after a restart, keeps all else, and leaves nothing of it on disk', async () => {
    const first = await startLarderServer(machine);
    cleanup.add(first.kill);
    const earlier = new Map<string, string>();
    for (const size of [0, 1, 1000, 3 * MEGABYTE]) {
      const body = randomBytes(size);
      earlier.set(`artifact-of-${size}-bytes`, sha256(body));
      expect(await put(first, `artifact-of-${size}-bytes`, body)).toBe(202);
    }
    const filesBefore = await listFiles(first.dataDirectory);

    const marker = randomBytes(64);
    const upload = request(`${first.url}/v8/artifacts/broken`, {
      method: 'PUT',
      headers: { ...authorization(first), 'content-length': 8 * MEGABYTE },
    });
    const uploadFailed = once(upload, 'error');
    upload.write(Buffer.concat([marker, Buffer.alloc(4 * MEGABYTE)]));
    await waitUntil('the upload has reached the disk', () => contains(first.dataDirectory, marker));
    await first.kill();
    await uploadFailed;

    const second = await startLarderServer(machine);
    cleanup.add(second.stop);
    expect((await get(second, 'broken')).status).toBe(404);
    for (const [hash, digest] of earlier) {
      const answer = await get(second, hash);
      expect({ hash, status: answer.status, digest: sha256(answer.body) }).toEqual({
        hash,
        status: 200,
        digest,
      });
    }
    expect(await contains(second.dataDirectory, marker)).toBe(false);
    expect(await listFiles(second.dataDirectory)).toEqual(filesBefore);

    // The hash is not burnt: a whole upload of it succeeds now.
    expect(await put(second, 'broken', Buffer.from('whole'))).toBe(202);
    expect((await get(second, 'broken')).body.toString()).toBe('whole');
  });
});

function authorization({ token }: LarderServer): { authorization: string } {
  return { authorization: `Bearer ${token}` };
}

async function put(server: LarderServer, hash: string, body: Buffer): Promise<number> {
  const { status } = await fetchClient.request({
    method: 'PUT',
    url: `${server.url}/v8/artifacts/${hash}`,
    headers: authorization(server),
    body,
  });
  return status;
}

function get(server: LarderServer, hash: string) {
  return fetchClient.request({
    method: 'GET',
    url: `${server.url}/v8/artifacts/${hash}`,
    headers: authorization(server),
  });
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** All files below the folder except SQLite's own by-files, which come and go. */
async function listFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && !/-(wal|shm|journal)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

async function contains(folder: string, bytes: Buffer): Promise<boolean> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const entry of entries.filter((candidate) => candidate.isFile())) {
    // A file may be renamed between listing and reading.
    const content = await readFile(join(entry.parentPath, entry.name)).catch(() => null);
    if (content?.includes(bytes) === true) return true;
  }
  return false;
}
