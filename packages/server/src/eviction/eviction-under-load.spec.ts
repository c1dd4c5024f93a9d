// The promise as a whole: a small store, many writes, readers at work.
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, statSync } from 'node:fs';
import { request, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import {
  removeTemporaryFolders,
  startServer,
  type RunningServer,
} from '../testing/start-server.fixture.ts';

const LIMIT_BYTES = 20_000_000;
const ARTIFACT_BYTES = 500_000;
const WRITTEN_BYTES = 200_000_000;
const WRITERS = 4;
const READERS = 2;
const HOT = ['hot-0', 'hot-1'];

/** What uploads in flight can have on disk: an artifact each, and what the file says of it. */
const IN_FLIGHT_BYTES = WRITERS * (ARTIFACT_BYTES + 1_000);

let running: RunningServer;

beforeEach(async () => {
  running = await startServer({ maxStoreSizeBytes: LIMIT_BYTES });
});
afterEach(() => running.server.close());
afterAll(removeTemporaryFolders);

/** Different for each hash, and known without being kept. */
function bodyOf(hash: string): Buffer<ArrayBuffer> {
  return Buffer.alloc(ARTIFACT_BYTES, createHash('sha256').update(hash).digest());
}

async function put(hash: string, body = bodyOf(hash)): Promise<number> {
  const { status } = await running.fetch(`/v8/artifacts/${hash}`, { method: 'PUT', body });
  return status;
}

/** Whether the artifact is there; fails unless it then arrives as it was stored. */
async function isHit(hash: string): Promise<boolean> {
  const response = await running.fetch(`/v8/artifacts/${hash}`);
  const body = Buffer.from(await response.arrayBuffer());
  if (response.status === 404) return false;
  expect({ hash, status: response.status, isWhole: body.equals(bodyOf(hash)) }).toEqual({
    hash,
    status: 200,
    isWhole: true,
  });
  return true;
}

/** In one go, so that no file is counted in two places. */
function measureDisk(): number {
  let bytes = 0;
  for (const folder of ['blobs', 'uploads']) {
    const entries = readdirSync(join(running.dataDirectory, folder), {
      recursive: true,
      withFileTypes: true,
    });
    for (const entry of entries) {
      if (!entry.isFile()) continue;
      bytes += statSync(join(entry.parentPath, entry.name), { throwIfNoEntry: false })?.size ?? 0;
    }
  }
  return bytes;
}

it('keeps a store of 20 MB within its limit through 200 MB of writes, with readers at work', async () => {
  for (const hash of HOT) expect(await put(hash)).toBe(202);
  const written: string[] = [];
  let isOver = false;

  let greatestBytes = 0;

  const write = async () => {
    while (written.length * ARTIFACT_BYTES < WRITTEN_BYTES) {
      const hash = `cold-${written.length}`;
      written.push(hash);
      expect(await put(hash)).toBe(202);
      greatestBytes = Math.max(greatestBytes, measureDisk());
    }
  };
  const read = async (reader: number) => {
    for (let round = reader; !isOver; round += 1) {
      // Read again and again, and so never what was not used for longest.
      expect(await isHit(HOT[round % HOT.length]!)).toBe(true);
      await isHit(written[(round * 7) % written.length]!);
    }
  };
  const writers = Array.from({ length: WRITERS }, write);
  const readers = Array.from({ length: READERS }, (_value, reader) => read(reader));
  try {
    await Promise.all(writers);
  } finally {
    isOver = true;
    await Promise.all(readers);
  }

  expect(greatestBytes).toBeGreaterThan(LIMIT_BYTES * 0.9);
  expect(greatestBytes).toBeLessThanOrEqual(LIMIT_BYTES + IN_FLIGHT_BYTES);
  expect(measureDisk()).toBeLessThanOrEqual(LIMIT_BYTES);
});

it('evicts in the order of last use', async () => {
  const names = Array.from({ length: 38 }, (_value, number) => `number-${number}`);
  for (const hash of names) expect(await put(hash)).toBe(202);
  const used = names.filter((_hash, number) => number % 4 === 0).reverse();
  for (const hash of used) expect(await isHit(hash)).toBe(true);
  const order = [...names.filter((hash) => !used.includes(hash)), ...used];

  for (let number = 0; number < 20; number += 1) {
    const hash = `new-${number}`;
    expect(await put(hash)).toBe(202);
    order.push(hash);
    // A query does not count as use.
    const response = await running.fetch('/v8/artifacts', {
      method: 'POST',
      body: JSON.stringify({ hashes: order }),
    });
    const known = (await response.json()) as Record<string, object | null>;
    const there = order.filter((each) => known[each] !== null);
    expect(there).toEqual(order.slice(-there.length));
    expect(there.length).toBeGreaterThanOrEqual(36);
  }
});

it('finishes a download whose artifact is evicted meanwhile', async () => {
  const body = randomBytes(8_000_000);
  expect(await put('slow', body)).toBe(202);
  const download = request(`${running.url}/v8/artifacts/slow`, {
    headers: { authorization: running.authorization },
  });
  download.end();
  const [response] = (await once(download, 'response')) as [IncomingMessage];
  for (let number = 0; number < 40; number += 1) await put(`other-${number}`);
  const gone = await running.fetch('/v8/artifacts/slow', { method: 'HEAD' });
  expect(gone.status).toBe(404);

  const hash = createHash('sha256');
  for await (const chunk of response) hash.update(chunk as Buffer);
  expect(hash.digest('hex')).toBe(createHash('sha256').update(body).digest('hex'));
});

it('refuses an artifact that is larger than the store: 413, and 403 to Nx', async () => {
  await put('first');
  const body = Buffer.alloc(LIMIT_BYTES + 1);
  expect(await put('huge', body)).toBe(413);
  const nx = await running.fetch('/v1/cache/huge', { method: 'PUT', body });
  expect(nx.status).toBe(403);
  expect(await isHit('first')).toBe(true);
});
