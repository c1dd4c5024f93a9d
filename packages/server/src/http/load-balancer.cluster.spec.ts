// The server behind nginx, as deploy/docker/nginx.conf sets it up.
import { Agent, request as httpRequest } from 'node:http';
import { text } from 'node:stream/consumers';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { startNginx, type RunningNginx } from '../testing/nginx.fixture.ts';
import {
  listStoredFiles,
  removeTemporaryFolders,
  startServer,
  type RunningServer,
} from '../testing/start-server.fixture.ts';

/** Beyond what nginx takes by default, 1 MiB, and what it keeps in memory. */
const LARGE = Buffer.alloc(16 * 1024 ** 2, 'an artifact');

const WITHIN_MS = 10_000;

let servers: RunningServer[];
let nginx: RunningNginx;

beforeEach(async () => {
  const options = { trustedProxies: ['loopback'] };
  servers = [await startServer(options), await startServer(options)];
  nginx = await startNginx(servers);
});

afterEach(async () => {
  await nginx.stop();
  for (const { server } of servers) await server.close();
});

afterAll(removeTemporaryFolders);

const authorization = () => ({ authorization: servers[0]!.authorization });

function open(method: string, path: string, options: { agent?: Agent; length?: number } = {}) {
  const { agent, length } = options;
  const headers = {
    ...authorization(),
    ...(length === undefined ? {} : { 'content-length': String(length) }),
  };
  const { host, port } = nginx;
  const outgoing = httpRequest({ host, port, method, path, headers, agent: agent ?? false });
  const answer = new Promise<{ status: number; body: string }>((resolve, reject) => {
    outgoing.on('error', reject).on('response', (incoming) => {
      text(incoming).then((body) => {
        resolve({ status: incoming.statusCode ?? 0, body });
      }, reject);
    });
  });
  return { outgoing, answer };
}

async function get(path: string, agent?: Agent) {
  const { outgoing, answer } = open('GET', path, agent === undefined ? {} : { agent });
  outgoing.end();
  return answer;
}

async function until(what: string, isTrue: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + WITHIN_MS;
  while (!(await isTrue())) {
    if (performance.now() > deadline) throw new Error(`Not within ${WITHIN_MS} ms: ${what}.`);
    await nextTurn();
  }
}

/** Of either server. */
async function storedFiles(folder: string): Promise<string[]> {
  const lists = await Promise.all(servers.map((each) => listStoredFiles(each.dataDirectory)));
  return lists.flat().filter((name) => name.startsWith(`${folder}/`));
}

it('an upload reaches a server while it arrives, and is stored whole', async () => {
  const path = '/v8/artifacts/large';
  const { outgoing, answer } = open('PUT', path, { length: LARGE.length });
  outgoing.write(LARGE.subarray(0, LARGE.length / 2));
  await until('the upload has begun', async () => (await storedFiles('uploads')).length === 1);
  outgoing.end(LARGE.subarray(LARGE.length / 2));
  expect((await answer).status).toBe(202);
  expect(await storedFiles('blobs')).toHaveLength(1);

  const statuses = new Set<number>();
  for (let turn = 0; turn < 8; turn += 1) {
    const { status, body } = await get(path);
    statuses.add(status);
    if (status === 200) expect(Buffer.from(body).equals(LARGE)).toBe(true);
  }
  // Each of the servers has what was stored there: these are no replicas.
  expect([...statuses].sort()).toEqual([200, 404]);
});

it('a connection is kept for as many requests as a client sends', async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const ports = new Set<number>();
  try {
    for (let turn = 0; turn < 1_200; turn += 1) {
      const { outgoing, answer } = open('GET', '/healthz', { agent });
      outgoing.on('socket', (socket) => {
        if (socket.localPort !== undefined) ports.add(socket.localPort);
        else socket.once('connect', () => ports.add(socket.localPort ?? 0));
      });
      outgoing.end();
      expect((await answer).status).toBe(200);
    }
  } finally {
    agent.destroy();
  }
  expect(ports.size).toBe(1);
});

it('nobody notices that one of two servers stops', async () => {
  const statuses = new Map<number, number>();
  let isOver = false;
  const askers = Array.from({ length: 8 }, async (_unused, asker) => {
    const agent = new Agent({ keepAlive: true });
    for (let turn = 0; !isOver; turn += 1) {
      const { status } = await get(`/v8/artifacts/absent-${asker}-${turn}`, agent);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
    agent.destroy();
  });
  const answered = (count: number) => () => Promise.resolve((statuses.get(404) ?? 0) >= count);
  await until('both are busy', answered(200));
  await servers[0]!.server.close();
  const before = statuses.get(404) ?? 0;
  await until('the other one goes on', answered(before + 400));
  isOver = true;
  await Promise.all(askers);
  expect([...statuses.keys()]).toEqual([404]);
});
