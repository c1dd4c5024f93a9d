// What happens below well-formed requests: sockets, interrupted and stalled bodies, hang-ups.
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { buffer, text } from 'node:stream/consumers';
import {
  countOpenArtifacts,
  listStoredFiles,
  removeTemporaryFolders,
  startServer,
  TEST_TOKEN,
  type RunningServer,
} from '../testing/start-server.fixture.ts';
import { exchange, openSocket } from '../testing/raw-request.fixture.ts';

const AUTHORIZATION = `Authorization: Bearer ${TEST_TOKEN}`;

let running: RunningServer;

beforeEach(async () => {
  running = await startServer({ uploadStallTimeoutMs: 300, drainTimeoutMs: 60_000 });
});

afterEach(() => running.server.close());
afterAll(removeTemporaryFolders);

/** Polls for a state that the server reaches by itself; the test's own time-out is the limit. */
async function until(isTrue: () => Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await delay(5);
}

const hasNoFiles = async () => (await listStoredFiles(running.dataDirectory)).length === 0;

function bodyOf(answer: string): unknown {
  return JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4));
}

describe.each(['/v8/artifacts/abc', '/v1/cache/123'])('an upload to %s', (path) => {
  const head = (length: number) =>
    `PUT ${path} HTTP/1.1\r\nHost: x\r\n${AUTHORIZATION}\r\nContent-Length: ${length}\r\n\r\n`;

  it('leaves nothing when the client goes away in the middle', async () => {
    const socket = await openSocket(running);
    socket.write(head(1_000_000));
    socket.write(randomBytes(500_000));
    await until(async () => !(await hasNoFiles()));
    socket.resetAndDestroy();
    await until(hasNoFiles);
    expect((await running.fetch(path)).status).toBe(404);
  });

  it('is refused and leaves nothing when the body ends early', async () => {
    const socket = await openSocket(running);
    socket.end(`${head(10)}short`);
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 400 /);
    await until(hasNoFiles);
    expect((await running.fetch(path)).status).toBe(404);
  });

  it('is refused and leaves nothing when the body goes on', async () => {
    const answer = await exchange(running, `${head(5)}hello and more`);
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    await until(hasNoFiles);
    expect((await running.fetch(path)).status).toBe(404);
  });

  it('is given up when no byte arrives for too long', async () => {
    const socket = await openSocket(running);
    socket.write(head(10));
    socket.write('12345');
    const answer = await text(socket);
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    expect(answer.toLowerCase()).toContain('connection: close');
    await until(hasNoFiles);
  });

  it('may take longer than the stall time as a whole', async () => {
    const socket = await openSocket(running);
    socket.setNoDelay(true);
    socket.write(head(5).replace('Host: x', 'Host: x\r\nConnection: close'));
    for (const byte of 'hello') {
      await delay(100);
      socket.write(byte);
    }
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 20[02] /);
    expect(await (await running.fetch(path)).text()).toBe('hello');
  });

  it.each(['-1', '1.5', 'abc', '1, 2', '0x10'])(
    'is refused with Content-Length %s',
    async (length) => {
      const answer = await exchange(running, head(0).replace(': 0\r', `: ${length}\r`));
      expect(answer).toMatch(/^HTTP\/1\.1 400 /);
      expect(await hasNoFiles()).toBe(true);
    },
  );

  it('is refused with a length and chunks at once', async () => {
    const answer = await exchange(
      running,
      head(5).replace('\r\n\r\n', '\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n'),
    );
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(await hasNoFiles()).toBe(true);
  });

  it('is answered before its body when it is not allowed, on a connection that stays usable', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    try {
      const statuses: number[] = [];
      for (const token of ['unknown', TEST_TOKEN]) {
        const outgoing = request({
          host: running.host,
          port: running.port,
          path,
          method: 'PUT',
          agent,
          headers: { authorization: `Bearer ${token}`, 'content-length': 3_000_000 },
        });
        outgoing.end(randomBytes(3_000_000));
        const [incoming] = (await once(outgoing, 'response')) as [
          { statusCode: number } & NodeJS.ReadableStream,
        ];
        statuses.push(incoming.statusCode);
        await text(incoming);
      }
      expect(statuses[0]).toBe(401);
      expect([200, 202]).toContain(statuses[1]);
    } finally {
      agent.destroy();
    }
  });
});

describe('requests that are none', () => {
  it.each([
    ['no HTTP', 'hello\r\n\r\n', 400, 'bad_request'],
    ['a header without a colon', 'GET / HTTP/1.1\r\nnonsense\r\n\r\n', 400, 'bad_request'],
    ['no Host', 'GET /v8/artifacts/status HTTP/1.1\r\nConnection: close\r\n\r\n', 400, null],
    [
      '16 kB of headers',
      `GET / HTTP/1.1\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`,
      431,
      'headers_too_large',
    ],
    [
      'two lengths',
      'PUT /v8/artifacts/a HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab',
      400,
      'bad_request',
    ],
    ['a NUL in the path', 'GET /v8/artifacts/a\0b HTTP/1.1\r\nHost: x\r\n\r\n', 400, 'bad_request'],
  ])('answers %s in the envelope', async (_name, bytes, status, code) => {
    const answer = await exchange(running, bytes);
    expect(answer.startsWith(`HTTP/1.1 ${status} `)).toBe(true);
    if (code !== null) expect(bodyOf(answer)).toMatchObject({ error: { code }, code });
  });

  it.each([
    '/v8/artifacts/../../token',
    '/v8/artifacts/..',
    '/v8/artifacts/%2e%2e',
    '/v1/cache/../../token',
  ])('does not walk out of the data folder by %s', async (path) => {
    for (const method of ['GET', 'PUT']) {
      const answer = await exchange(
        running,
        `${method} ${path} HTTP/1.1\r\nHost: x\r\n${AUTHORIZATION}\r\nConnection: close\r\nContent-Length: 1\r\n\r\nx`,
      );
      expect(answer).toMatch(/^HTTP\/1\.1 40[034] /);
    }
    expect(await hasNoFiles()).toBe(true);
  });

  it('tells nobody what went wrong inside', async () => {
    await running.server.close();
    running = await startServer();
    const answer = await exchange(
      running,
      'GET /nowhere HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
    );
    expect(answer).not.toMatch(/\.ts|\.js|at .*\(|fastify|FST_/);
  });
});

describe('connections', () => {
  it('promises to stay open for longer than the 90 s that the connections of Nx live', async () => {
    const response = await running.fetch('/v8/artifacts/status');
    expect(response.headers.get('keep-alive')).toBe('timeout=120');
  });

  it('survives a client that stops downloading', async () => {
    const bytes = randomBytes(20_000_000);
    await running.fetch('/v8/artifacts/large', { method: 'PUT', body: bytes });
    const socket = await openSocket(running);
    socket.write(`GET /v8/artifacts/large HTTP/1.1\r\nHost: x\r\n${AUTHORIZATION}\r\n\r\n`);
    await once(socket, 'data');
    socket.resetAndDestroy();
    const fetched = await running.fetch('/v8/artifacts/large');
    expect(Buffer.from(await fetched.arrayBuffer()).equals(bytes)).toBe(true);
  });

  it('never puts an answer to garbage into the artifact that it is sending', async () => {
    const bytes = Buffer.alloc(20_000_000, 'x');
    await running.fetch('/v8/artifacts/large', { method: 'PUT', body: bytes });
    const socket = await openSocket(running);
    socket.write(`GET /v8/artifacts/large HTTP/1.1\r\nHost: x\r\n${AUTHORIZATION}\r\n\r\n`);
    const [first] = (await once(socket, 'data')) as [Buffer];
    socket.write('garbage\r\n\r\n');
    const answer = Buffer.concat([first, await buffer(socket)]);
    expect(answer.length).toBeLessThan(bytes.length);
    expect(answer.toString('latin1').replace(/^[^]*?\r\n\r\n/, '')).toMatch(/^x*$/);
  });

  const itOnLinux = process.platform === 'linux' ? it : it.skip;

  // Each of them had a file open and 256 KiB in memory, and kept the file when the client went away.
  itOnLinux('opens no file for an answer whose turn has not come', async () => {
    await running.fetch('/v8/artifacts/large', { method: 'PUT', body: randomBytes(10_000_000) });
    for (const path of ['/v8/artifacts/large', '/v1/cache/none']) {
      const socket = await openSocket(running);
      const ahead = 'GET /v8/artifacts/large HTTP/1.1';
      const rest = `GET ${path} HTTP/1.1`;
      const lines = `\r\nHost: x\r\n${AUTHORIZATION}\r\n\r\n`;
      socket.write(ahead + lines + (rest + lines).repeat(500));
      await once(socket, 'data');
      await running.fetch('/v8/artifacts/status');
      expect(await countOpenArtifacts(running.dataDirectory)).toBeLessThanOrEqual(1);
      socket.resetAndDestroy();
      await until(async () => (await countOpenArtifacts(running.dataDirectory)) === 0);
    }
  });

  it('finishes what is in flight when it is closed, and refuses what is new', async () => {
    const socket = await openSocket(running);
    socket.write(
      `PUT /v8/artifacts/slow HTTP/1.1\r\nHost: x\r\n${AUTHORIZATION}\r\nContent-Length: 10\r\n\r\n12345`,
    );
    await until(async () => !(await hasNoFiles()));
    const closed = running.server.close();
    socket.write('67890');
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 202 [^]*connection: close/i);
    await closed;
    await expect(running.fetch('/v8/artifacts/status')).rejects.toThrow();

    running = await startServer({ dataDirectory: running.dataDirectory });
    expect(await (await running.fetch('/v8/artifacts/slow')).text()).toBe('1234567890');
  });

  it('finishes a download that began before the drain and then lets the connection go', async () => {
    const bytes = randomBytes(30_000_000);
    await running.fetch('/v8/artifacts/large', { method: 'PUT', body: bytes });
    const socket = await openSocket(running);
    socket.write(`GET /v8/artifacts/large HTTP/1.1\r\nHost: x\r\n${AUTHORIZATION}\r\n\r\n`);
    const [first] = (await once(socket, 'data')) as [Buffer];
    socket.pause();
    const closed = running.server.close();
    let received = first.length;
    socket.on('data', (chunk: Buffer) => {
      received += chunk.length;
    });
    socket.resume();
    await once(socket, 'close');
    await closed;
    expect(received).toBeGreaterThan(30_000_000);
    running = await startServer();
  });

  it('cuts off what is still in flight after the drain time', async () => {
    await running.server.close();
    running = await startServer({ drainTimeoutMs: 50 });
    const socket = await openSocket(running);
    socket.on('error', () => undefined);
    socket.write(
      `PUT /v8/artifacts/never HTTP/1.1\r\nHost: x\r\n${AUTHORIZATION}\r\nContent-Length: 10\r\n\r\n12345`,
    );
    await until(async () => !(await hasNoFiles()));
    await running.server.close();
    expect(await hasNoFiles()).toBe(true);
    running = await startServer();
  });
});
