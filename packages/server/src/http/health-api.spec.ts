import { once } from 'node:events';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as yieldTurn } from 'node:timers/promises';
import fastify from 'fastify';
import {
  removeTemporaryFolders,
  startServer,
  type RunningServer,
} from '../testing/start-server.fixture.ts';
import { openSocket } from '../testing/raw-request.fixture.ts';
import { healthApi } from './health-api.ts';

let running: RunningServer;

beforeEach(async () => {
  running = await startServer();
});
afterEach(() => running.server.close());
afterAll(removeTemporaryFolders);

const ask = (path: string, method = 'GET') =>
  running.fetch(path, { method, headers: { authorization: '' } });

it.each([
  ['/healthz', '{"status":"ok"}'],
  ['/readyz', '{"status":"ready"}'],
])('%s needs no token and gives no details', async (path, body) => {
  const answer = await ask(path);
  expect([answer.status, await answer.text()]).toEqual([200, body]);
  expect((await ask(path, 'HEAD')).status).toBe(200);
});

it('a server is not ready while its storage is gone, but it lives', async () => {
  const blobs = join(running.dataDirectory, 'blobs');
  await rename(blobs, `${blobs}.away`);
  const answer = await ask('/readyz');
  expect([answer.status, await answer.text()]).toEqual([503, '{"status":"not ready"}']);
  expect((await ask('/healthz')).status).toBe(200);
  await rename(`${blobs}.away`, blobs);
});

it('looks at the storage once a second at most, and again after that', async () => {
  let checks = 0;
  let nowMs = 0;
  let isWell = true;
  const app = fastify();
  app.register(healthApi, {
    now: () => nowMs,
    checkStorage() {
      checks += 1;
      return isWell ? Promise.resolve() : Promise.reject(new Error('no disk'));
    },
  });
  const url = await app.listen({ port: 0 });
  const status = async () => (await fetch(`${url}/readyz`)).status;
  expect([await status(), await status(), checks]).toEqual([200, 200, 1]);
  isWell = false;
  nowMs = 1_000;
  expect([await status(), await status(), checks]).toEqual([503, 503, 2]);
  isWell = true;
  nowMs = 2_000;
  expect([await status(), checks]).toEqual([200, 3]);
  await app.close();
});

it('a server that drains is not ready', async () => {
  const { host, port } = running;
  const socket = await openSocket({ host, port });
  let answers = '';
  socket.on('data', (piece) => (answers += String(piece)));
  // The second request is under way once the first is answered, and so keeps the connection open.
  socket.write('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\nGET /readyz HTTP/1.1\r\nHost: x\r\n');
  await once(socket, 'data');
  const closed = running.server.close();
  while (await accepts({ host, port })) await yieldTurn();
  socket.write('\r\n');
  await once(socket, 'close');
  await closed;
  expect(answers.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 503']);
});

async function accepts(address: { host: string; port: number }): Promise<boolean> {
  try {
    (await openSocket(address)).destroy();
    return true;
  } catch {
    return false;
  }
}
