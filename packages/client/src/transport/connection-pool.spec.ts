import { createServer as createTlsServer } from 'node:https';
import {
  createServer as createTcpServer,
  type AddressInfo,
  type Server,
  type Socket,
} from 'node:net';
import { answer } from '../fixtures/scripted-server.fixture.ts';
import { startProxyServer, type ProxyServerOptions } from '../fixtures/proxy-server.fixture.ts';
import { runProgram } from '../fixtures/run-program.fixture.ts';
import { catchLarderError, createTestBed } from '../fixtures/test-bed.fixture.ts';
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

/** Listens on a free port; the test ends it together with all of its connections. */
async function listen(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as AddressInfo).port;
}

/** A server over TLS that calls itself cache.test, localhost and 127.0.0.1. */
function startSecureServer(): Promise<number> {
  return listen(
    createTlsServer(serverTls, (_request, response) => {
      response.end('{"status":"enabled"}');
    }),
  );
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

  it.each(['0', '1'])(
    'the client trusts no unknown authority: NODE_TLS_REJECT_UNAUTHORIZED=%s',
    async (value) => {
      const port = await startSecureServer();
      const result = await runProgram('ask-for-status', [`https://127.0.0.1:${port}`], {
        NODE_TLS_REJECT_UNAUTHORIZED: value,
      });
      expect(result).toMatchObject({ code: 'LARDER_CONNECT_TLS_FAILED' });
    },
  );

  it('a client that is closed in the middle of everything leaves nothing open', async () => {
    const endless = await bed.startServer((_request, response) => {
      response.writeHead(200, { 'content-length': 1_000_000 });
      response.write('begun');
    });
    const silentPort = await listen(createTcpServer((socket) => socket.resume()));
    const result = await runProgram('close-in-the-middle', [
      endless.url,
      `https://127.0.0.1:${silentPort}`,
    ]);
    expect(result).toEqual({
      codes: ['LARDER_CLIENT_CLOSED', 'LARDER_CLIENT_CLOSED'],
      open: [],
    });
  });
});
