import { createServer as createTlsServer } from 'node:https';
import { createServer as createTcpServer } from 'node:net';
import { answer, type Script } from '../fixtures/scripted-server.fixture.ts';
import { startProxyServer, type ProxyServerOptions } from '../fixtures/proxy-server.fixture.ts';
import { runProgram } from '../fixtures/run-program.fixture.ts';
import {
  catchLarderError,
  chunkedBody,
  createTestBed,
  listFolder,
} from '../fixtures/test-bed.fixture.ts';
import { authorityFile, serverTls } from '../fixtures/tls-files.fixture.ts';

const bed = createTestBed();
const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  await bed.cleanUp();
  for (const close of closers.splice(0)) await close();
});

const enabled = answer(200, {}, '{"status":"enabled"}');

async function startProxy(options: ProxyServerOptions) {
  const proxy = await startProxyServer(options);
  closers.push(() => proxy.close());
  return proxy;
}

/** A server over TLS that calls itself cache.test, localhost and 127.0.0.1. */
async function startSecureServer(): Promise<number> {
  const server = createTlsServer(serverTls, (_request, response) => {
    response.end('{"status":"enabled"}');
  });
  return (await bed.listen(server)).port;
}

describe('a proxy', () => {
  it('is asked to connect to the server, and told its own credentials', async () => {
    const server = await bed.startServer(enabled);
    const proxy = await startProxy({ target: server });
    const httpProxy = proxy.url.replace('//', '//user:p%40ss@');
    const client = bed.createClient(
      { url: 'http://cache.test:81' },
      { environment: { httpProxy } },
    );
    await expect(client.status()).resolves.toBe('enabled');
    expect(proxy.lines).toEqual(['CONNECT cache.test:81']);
    expect(proxy.authorizations).toEqual([`Basic ${Buffer.from('user:p@ss').toString('base64')}`]);
    expect(server.requests[0]?.headers).toMatchObject({
      host: 'cache.test:81',
      authorization: 'Bearer secret-token',
    });
    expect(server.requests[0]?.headers).not.toHaveProperty('proxy-authorization');
  });

  it('may be written without its scheme', async () => {
    const server = await bed.startServer(enabled);
    const proxy = await startProxy({ target: server });
    const httpProxy = proxy.url.replace('http://', '');
    const client = bed.createClient({ url: 'http://cache.test' }, { environment: { httpProxy } });
    await expect(client.status()).resolves.toBe('enabled');
    expect(proxy.lines).toEqual(['CONNECT cache.test:80']);
  });

  it.each(['127.0.0.1', 'other.test, 127.0.0.1', '*'])(
    'is left out for hosts in NO_PROXY: %s',
    async (noProxy) => {
      const server = await bed.startServer(enabled);
      const proxy = await startProxy({ target: server });
      const environment = { httpProxy: proxy.url, noProxy };
      await expect(bed.createClient(server, { environment }).status()).resolves.toBe('enabled');
      expect(proxy.lines).toEqual([]);
    },
  );

  it('that refuses is no connection, and its answer is told', async () => {
    const server = await bed.startServer(enabled);
    const proxy = await startProxy({ target: server, refuseWith: 407 });
    const environment = { httpProxy: proxy.url.replace('//', '//user:hidden@') };
    const client = bed.createClient({ url: 'http://cache.test' }, { environment });
    const error = await catchLarderError(client.status({ retries: 0 }));
    expect(error.code).toBe('LARDER_CONNECT_FAILED');
    expect(error.message).toContain('407');
    expect(error.message).not.toContain('hidden');
    expect(server.requests).toEqual([]);
  });

  it('that never answers is given up like a server that does not connect', async () => {
    const server = await bed.startServer(enabled);
    const proxy = await startProxy({ target: server, isSilent: true });
    const client = bed.createClient(
      { url: 'http://cache.test' },
      { environment: { httpProxy: proxy.url }, connectTimeoutMs: 300 },
    );
    const error = await catchLarderError(client.status({ retries: 0 }));
    expect(error.code).toBe('LARDER_CONNECT_TIMEOUT');
  });

  it('through which a connection is on its way does not keep that from being closed', async () => {
    let begin: (() => void) | undefined;
    const begun = new Promise<void>((resolve) => (begin = resolve));
    let end: (() => void) | undefined;
    const ended = new Promise<void>((resolve) => (end = resolve));
    const silent = await bed.listen(
      createTcpServer((socket) => {
        socket.once('data', () => begin?.());
        socket.once('close', () => end?.());
      }),
    );
    const proxy = await startProxy({ target: { url: `http://127.0.0.1:${silent.port}` } });
    const client = bed.createClient(
      { url: 'https://cache.test' },
      { environment: { httpsProxy: proxy.url }, connectTimeoutMs: 600_000 },
    );
    const failing = catchLarderError(client.status());
    await begun;
    await client.close();
    expect((await failing).code).toBe('LARDER_CLIENT_CLOSED');
    await ended;
  });

  it('that is none is refused at once, without its credentials in the message', () => {
    const create = () =>
      bed.createClient(
        { url: 'http://cache.test' },
        { environment: { httpsProxy: 'ftp://user:hidden@host' } },
      );
    expect(create).toThrow('HTTPS_PROXY');
    expect(create).not.toThrow('hidden');
  });
});

describe('a connection that was used before', () => {
  // undici gives a connection a turn of the event loop before it uses it again.
  const one = { maxConnections: 1 };
  const cuts: [string, Script][] = [
    ['is reset', (request) => void request.socket.resetAndDestroy()],
    ['is ended', (request) => void request.socket.end()],
  ];

  /** Answers the first request on each connection; the second one is what `cut` does. */
  function serveOnce(cut: Script, status: number): Script {
    const used = new WeakSet();
    return async (request, response) => {
      if (used.has(request.socket)) {
        await cut(request, response);
        return;
      }
      used.add(request.socket);
      await answer(status)(request, response);
    };
  }

  it.each(cuts)('and %s is replaced, without a retry, a wait or an outage', async (_what, cut) => {
    const server = await bed.startServer(serveOnce(cut, 404));
    const client = bed.createClient(server, { ...one, breaker: { failureThreshold: 1 } });
    await client.get('first');
    await expect(client.get('abc', { retries: 0 })).resolves.toBeNull();
    await expect(client.get('abc', { retries: 0 })).resolves.toBeNull();
    expect(server.requests).toHaveLength(5);
    expect(bed.runtime.sleeps).toEqual([]);
  });

  it.each(cuts)('and %s lets an upload start from its beginning', async (_what, cut) => {
    const server = await bed.startServer(serveOnce(cut, 202));
    const client = bed.createClient(server, one);
    await client.put('first', chunkedBody(['x']), { tag: 't' });
    const body = chunkedBody(['hel', 'lo']);
    await client.put('abc', body, { tag: 't', retries: 0 });
    expect(body.openCount).toBe(2);
    expect(bed.runtime.sleeps).toEqual([]);
  });

  it('is the only one that is replaced', async () => {
    const server = await bed.startServer((request) => void request.socket.resetAndDestroy());
    const error = await catchLarderError(bed.createClient(server).get('abc', { retries: 0 }));
    expect(error.code).toBe('LARDER_CONNECTION_LOST');
    expect(server.requests).toHaveLength(1);
  });

  it('is replaced as many times as there are connections', async () => {
    // Half a head looks like an earlier answer.
    const server = await bed.startServer((request) => {
      request.socket.end('HTTP/1.1 200');
    });
    const client = bed.createClient(server, { maxConnections: 3 });
    const error = await catchLarderError(client.get('abc', { retries: 0 }));
    expect(error.code).toBe('LARDER_CONNECTION_LOST');
    expect(server.requests).toHaveLength(4);
  });
});

describe('in a process of its own', () => {
  it('the client follows HTTPS_PROXY and trusts NODE_EXTRA_CA_CERTS', async () => {
    const port = await startSecureServer();
    const proxy = await startProxy({ target: { url: `https://127.0.0.1:${port}` } });
    const result = await runProgram('ask-for-status', ['https://cache.test'], {
      HTTPS_PROXY: proxy.url,
      NODE_EXTRA_CA_CERTS: authorityFile,
    });
    expect(result).toEqual({ status: 'enabled' });
    expect(proxy.lines).toEqual(['CONNECT cache.test:443']);
  });

  it('the client trusts no unknown authority, even if NODE_TLS_REJECT_UNAUTHORIZED says so', async () => {
    const port = await startSecureServer();
    const result = await runProgram('ask-for-status', [`https://127.0.0.1:${port}`], {
      NODE_TLS_REJECT_UNAUTHORIZED: '0',
    });
    expect(result).toMatchObject({ code: 'LARDER_CONNECT_TLS_FAILED' });
  });

  it('a client that is closed in the middle of everything leaves nothing open', async () => {
    const endless = await bed.startServer((_request, response) => {
      response.writeHead(200, { 'content-length': 1_000_000 });
      response.write('begun');
    });
    const silent = await bed.listen(createTcpServer((socket) => socket.resume()));
    const folder = await bed.makeFolder();
    const result = await runProgram('close-in-the-middle', [
      endless.url,
      `https://127.0.0.1:${silent.port}`,
      folder,
    ]);
    expect(result).toEqual({
      codes: ['LARDER_CLIENT_CLOSED', 'LARDER_CLIENT_CLOSED', 'LARDER_CLIENT_CLOSED'],
      open: [],
    });
    expect(await listFolder(folder)).toEqual([]);
  });
});
