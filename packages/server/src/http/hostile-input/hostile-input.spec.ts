// Thousands of requests that nobody should send, beside others that everybody sends.
// A failure names the seed of its request: generateRequest(seed) makes the same one again.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type IncomingMessage } from 'node:http';
import { get } from 'node:https';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { reconcile } from '../../artifacts/reconcile.ts';
import { createFilesystemBlobStore } from '../../storage/filesystem/filesystem-blob-store.ts';
import { openSqliteStore } from '../../storage/sqlite/sqlite-store.ts';
import { startIssuer, type Issuer } from '../../testing/issuer.fixture.ts';
import {
  countOpenArtifacts,
  createTemporaryFolder,
  removeTemporaryFolders,
  startServer,
  TEST_TOKEN,
  type RunningServer,
} from '../../testing/start-server.fixture.ts';
import { authority, tlsFiles } from '../../testing/tls-files.fixture.ts';
import { isAbandoned, LARGE_ARTIFACT, PLANTED } from './hostile-request.fixture.ts';
import { judgeOutcome } from './judge-outcome.fixture.ts';
import { FAMILIES, generateRequest, type GeneratedRequest } from './request-generator.fixture.ts';
import { sendHostileRequest } from './send-hostile-request.fixture.ts';

/** `LARDER_HOSTILE_SEED=100000` tries others than usual. */
const FIRST_SEED = Number(process.env.LARDER_HOSTILE_SEED ?? 1);
const REQUESTS = 2_200;
const CONNECTIONS = 24;

const SECRET = `secret-${randomBytes(12).toString('hex')}`;

let issuer: Issuer;
let parent: string;
let running: RunningServer;

beforeEach(async () => {
  parent = await createTemporaryFolder();
  const dataDirectory = join(parent, 'data');
  await mkdir(dataDirectory);
  for (const folder of [parent, dataDirectory]) await writeFile(join(folder, 'token'), SECRET);
  running = await startServer({
    dataDirectory,
    uploadStallTimeoutMs: 300,
    maxArtifactSizeBytes: 5_000_000,
    oidc: [
      {
        preset: 'github-actions',
        issuer: issuer.url,
        audience: 'hostile',
        repositoryIds: ['42'],
        repositoryOwnerIds: ['7'],
      },
    ],
  });
});

afterEach(() => running.server.close());

beforeAll(async () => {
  issuer = await startIssuer();
});

afterAll(async () => {
  await issuer.close();
  await removeTemporaryFolders();
});

function requestsFrom(firstSeed: number, count: number): GeneratedRequest[] {
  const authorization = `Authorization: Bearer ${TEST_TOKEN}`;
  return Array.from({ length: count }, (_, index) =>
    generateRequest(firstSeed + index, { authorization, issuer: issuer.url }),
  );
}

/** Sends all requests over a few connections at a time; returns what went wrong. */
async function sendAll(
  requests: readonly GeneratedRequest[],
  options: { isStorageBroken?: boolean } = {},
): Promise<{ problems: string[]; lostAnswers: number }> {
  const problems: string[] = [];
  let lostAnswers = 0;
  const left = [...requests].reverse();
  const probe = () => running.fetch('/v8/artifacts/status');
  async function work(): Promise<void> {
    for (let request = left.pop(); request !== undefined; request = left.pop()) {
      const outcome = await sendHostileRequest({ ...running, probe }, request);
      problems.push(...judgeOutcome(request, outcome, { secret: SECRET, ...options }));
      if (outcome.wasReset && outcome.answers.length === 0 && !isAbandoned(request))
        lostAnswers += 1;
      if (request.stores !== undefined && options.isStorageBroken !== true) {
        const fetched = await fetchBytes(request.stores.path);
        if (!request.stores.body.equals(fetched)) {
          problems.push(`seed ${request.seed} (${request.family}): other bytes come back`);
        }
      }
    }
  }
  await Promise.all(Array.from({ length: CONNECTIONS }, work));
  return { problems, lostAnswers };
}

async function fetchBytes(path: string): Promise<Buffer> {
  return Buffer.from(await (await running.fetch(path)).arrayBuffer());
}

/** Stores, looks up, fetches and asks for artifacts until it is told to stop; returns what went wrong. */
async function useProperly(client: number, isOver: () => boolean): Promise<string[]> {
  const problems: string[] = [];
  for (let round = 0; !isOver() || round === 0; round += 1) {
    const body = randomBytes((round * 7_919) % 100_000);
    const [api, stored] = round % 2 === 0 ? ['/v8/artifacts', 202] : ['/v1/cache', 200];
    const path = `${api}/proper-${client}-${round}?teamId=proper`;
    const missed = await running.fetch(path);
    await missed.arrayBuffer();
    const put = await running.fetch(path, { method: 'PUT', body });
    await put.arrayBuffer();
    const got = await running.fetch(path);
    const isSame = body.equals(Buffer.from(await got.arrayBuffer()));
    const statuses = [missed.status, put.status, got.status];
    if (String(statuses) !== String([404, stored, 200]))
      problems.push(`${path}: ${statuses.join()}`);
    if (!isSame) problems.push(`${path}: other bytes came back`);
    const query = await running.fetch('/v8/artifacts?teamId=proper', {
      method: 'POST',
      body: JSON.stringify({ hashes: [`proper-${client}-${round}`, 'absent'] }),
    });
    const answer = (await query.json()) as Record<string, { size: number } | null>;
    const size = answer[`proper-${client}-${round}`]?.size;
    if (size !== (round % 2 === 0 ? body.length : undefined) || answer.absent !== null) {
      problems.push(`${path}: the query found ${JSON.stringify(answer)}`);
    }
  }
  return problems;
}

/** Files that are neither an artifact nor one of the few that a data folder has. */
async function strayFiles(): Promise<string[]> {
  const entries = await readdir(parent, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(parent, join(entry.parentPath, entry.name)));
  const known =
    /^(?:token|data\/(?:token|larder\.lock|larder\.sqlite(?:-wal|-shm)?|blobs\/([0-9a-f]{2})\/\1[0-9a-f]{30}))$/;
  const elsewhere = await Promise.all(
    ['/', '/etc', '/tmp', tmpdir(), dirname(parent), process.cwd()].map((folder) =>
      readdir(folder),
    ),
  );
  return [
    ...files.filter((file) => !known.test(file)),
    ...elsewhere.flat().filter((name) => name.includes(PLANTED)),
  ];
}

/** Polls for what the server does by itself; the test's own time-out is the limit. */
async function untilNothingIsStray(): Promise<void> {
  while ((await strayFiles()).length > 0) await delay(20);
}

it('survives thousands of hostile requests and serves everybody else meanwhile', async () => {
  const requests = requestsFrom(FIRST_SEED, REQUESTS);
  await running.fetch(LARGE_ARTIFACT, { method: 'PUT', body: randomBytes(1_000_000) });
  let isOver = false;
  const proper = Promise.all([1, 2].map((client) => useProperly(client, () => isOver)));
  const { problems, lostAnswers } = await sendAll(requests).finally(() => {
    isOver = true;
  });

  expect(problems).toEqual([]);
  expect((await proper).flat()).toEqual([]);
  // Most answers must have been judged.
  expect(lostAnswers).toBeLessThan(REQUESTS / 50);
  for (const api of ['/v8/artifacts', '/v1/cache']) {
    expect((await running.fetch(`${api}/${PLANTED}`)).status).toBe(404);
    expect((await running.fetch(`${api}/never-stored`)).status).toBe(404);
  }
  // Strangers cannot make this server ask its issuer for keys again and again.
  expect(issuer.requests.length).toBeLessThan(10);
  await untilNothingIsStray();
  expect(await useProperly(3, () => true)).toEqual([]);
  if (process.platform === 'linux') expect(await countOpenArtifacts(running.dataDirectory)).toBe(0);

  await running.server.close();
  const store = await openSqliteStore(join(running.dataDirectory, 'larder.sqlite'));
  try {
    const blobs = await createFilesystemBlobStore(running.dataDirectory);
    expect(await reconcile(blobs, store.artifacts)).toEqual({ removedBlobs: 0, removedRecords: 0 });
  } finally {
    await store.close();
  }
}, 150_000);

it('answers hostile requests with 503 at worst while the storage fails, and recovers', async () => {
  const uploads = join(running.dataDirectory, 'uploads');
  await rename(uploads, `${uploads}-aside`);
  await writeFile(uploads, 'no folder');
  const { problems } = await sendAll(requestsFrom(FIRST_SEED + REQUESTS, 300), {
    isStorageBroken: true,
  });
  expect(problems).toEqual([]);
  await rm(uploads);
  await rename(`${uploads}-aside`, uploads);
  expect(await useProperly(1, () => true)).toEqual([]);
  await untilNothingIsStray();
});

it('survives the same at a port that speaks TLS', async () => {
  await running.server.close();
  const { certificateFile: tlsCertificateFile, keyFile: tlsKeyFile } = tlsFiles.first;
  running = await startServer({
    dataDirectory: running.dataDirectory,
    tlsCertificateFile,
    tlsKeyFile,
  });
  const probe = () => statusOverTls();
  for (const request of requestsFrom(FIRST_SEED + 2 * REQUESTS, 300)) {
    const outcome = await sendHostileRequest(
      { ...running, probe },
      { ...request, ending: 'quiet' },
    );
    expect(outcome.isHanging).toBe(false);
  }
  expect(await statusOverTls()).toBe(200);
  await untilNothingIsStray();
});

async function statusOverTls(): Promise<number | undefined> {
  const { authorization } = running;
  const outgoing = get(`${running.url}/v8/artifacts/status`, {
    headers: { authorization },
    ca: authority,
    agent: false,
  });
  const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
  incoming.resume();
  return incoming.statusCode;
}

it('makes the same request of the same seed, and every family', () => {
  const one = requestsFrom(FIRST_SEED, 100);
  expect(requestsFrom(FIRST_SEED, 100)).toEqual(one);
  expect(new Set(one.map(({ family }) => family))).toEqual(new Set(Object.keys(FAMILIES)));
});
