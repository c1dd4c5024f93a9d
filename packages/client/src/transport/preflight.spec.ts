import { buffer } from 'node:stream/consumers';
import { type ArtifactEvent } from '../artifacts-client.ts';
import { type ArtifactsClientOptions } from '../client-options.ts';
import {
  answer,
  readBody,
  type Script,
  type ScriptedServer,
  type SeenRequest,
} from '../fixtures/scripted-server.fixture.ts';
import { catchLarderError, chunkedBody, createTestBed } from '../fixtures/test-bed.fixture.ts';

const bed = createTestBed();
afterEach(() => bed.cleanUp());

const sessionId = '9f0c6f0e-5d0a-4f3e-8f5e-0d7c1f0b9a11';
const event: ArtifactEvent = { source: 'REMOTE', event: 'MISS', hash: 'abc' };
const allowed = { 'access-control-allow-headers': 'Content-Type, authorization' };

function connect(server: ScriptedServer, options: Partial<ArtifactsClientOptions> = {}) {
  return bed.createClient(server, { preflight: true, ...options });
}

function linesOf(requests: SeenRequest[]): string[] {
  return requests.map(({ method, url }) => `${method} ${url}`);
}

/** Accepts everything; a GET is a hit. */
const accept: Script = async (request, response) => {
  await readBody(request);
  const body = request.method === 'GET' ? 'hello' : '';
  response.writeHead(200, { 'content-length': body.length }).end(body);
};

describe('a preflight', () => {
  it('announces an upload, which then goes where the answer points, with its own query', async () => {
    const store = await bed.startServer(accept);
    const location = `${store.url}/bucket/abc?signature=s`;
    const server = await bed.startServer(answer(200, { ...allowed, location }));
    const client = connect(server, {
      teamId: 'team_x',
      slug: 's',
      environment: { clientCi: 'GITLAB', isInteractive: false },
    });
    await client.put('abc', chunkedBody(['hello']), { tag: 't', durationMs: 7 });

    expect(linesOf(server.requests)).toEqual(['OPTIONS /v8/artifacts/abc?teamId=team_x&slug=s']);
    expect(server.requests[0]?.headers).toMatchObject({
      authorization: 'Bearer secret-token',
      'user-agent': expect.stringContaining('larder-client/') as string,
      'access-control-request-method': 'PUT',
      'access-control-request-headers':
        'Authorization, Content-Type, User-Agent, x-artifact-duration, x-artifact-tag, x-artifact-sha, x-artifact-dirty-hash',
    });
    expect(server.requests[0]?.headers).not.toHaveProperty('x-artifact-tag');
    expect(linesOf(store.requests)).toEqual(['PUT /bucket/abc?signature=s']);
    expect(store.requests[0]?.headers).toMatchObject({
      authorization: 'Bearer secret-token',
      'content-length': '5',
      'content-type': 'application/octet-stream',
      'x-artifact-duration': '7',
      'x-artifact-tag': 't',
    });
  });

  it('announces get and head as GET and events as POST', async () => {
    const server = await bed.startServer((request, response) => {
      if (request.method === 'OPTIONS') response.writeHead(204, allowed).end();
      else return accept(request, response);
    });
    const client = connect(server);
    const artifact = await client.get('abc');
    expect(String(await buffer(artifact!.body))).toBe('hello');
    await client.head('abc');
    await client.recordEvents(sessionId, [event]);

    expect(linesOf(server.requests)).toEqual([
      'OPTIONS /v8/artifacts/abc',
      'GET /v8/artifacts/abc',
      'OPTIONS /v8/artifacts/abc',
      'HEAD /v8/artifacts/abc',
      'OPTIONS /v8/artifacts/events',
      'POST /v8/artifacts/events',
    ]);
    const announced = server.requests
      .filter(({ method }) => method === 'OPTIONS')
      .map(({ headers }) => [
        headers['access-control-request-method'],
        headers['access-control-request-headers'],
      ]);
    const names = 'Authorization, User-Agent';
    expect(announced).toEqual([
      ['GET', names],
      ['GET', names],
      ['POST', names],
    ]);
  });

  it('is not made for status, query and deleteAll', async () => {
    const server = await bed.startServer(
      answer(200, {}, '{"status":"enabled"}'),
      answer(200, {}, '{"abc":null}'),
      answer(200, {}, '{"deletedCount":0}'),
    );
    const client = connect(server);
    await client.status();
    await client.query(['abc']);
    await client.deleteAll();
    expect(server.requests.map(({ method }) => method)).toEqual(['GET', 'POST', 'DELETE']);
  });

  it('is not made unless it is wanted', async () => {
    const server = await bed.startServer(answer(404));
    await connect(server, { preflight: false }).head('abc');
    expect(linesOf(server.requests)).toEqual(['HEAD /v8/artifacts/abc']);
  });

  // Against the configured URL and not the path that was asked for, as turbo 2.11.11 does.
  it.each([
    ['/elsewhere/x?y=1', '/elsewhere/x?y=1'],
    ['elsewhere/x', '/elsewhere/x'],
  ])('may point to %s', async (location, expected) => {
    const server = await bed.startServer(answer(200, { ...allowed, location }), answer(404));
    const client = connect(server, { url: `${server.url}/api/`, slug: 's' });
    await client.head('abc');
    expect(linesOf(server.requests)).toEqual([
      'OPTIONS /api/v8/artifacts/abc?slug=s',
      `HEAD ${expected}`,
    ]);
  });

  it('may be redirected itself', async () => {
    const server = await bed.startServer(
      answer(307, { ...allowed, location: '/preflights' }),
      answer(200, allowed),
      answer(404),
    );
    await connect(server).head('abc');
    expect(linesOf(server.requests)).toEqual([
      'OPTIONS /v8/artifacts/abc',
      'OPTIONS /preflights',
      'HEAD /preflights',
    ]);
  });

  it.each([200, 204, 301, 401, 403, 404, 500])('counts whatever its status: %i', async (status) => {
    const server = await bed.startServer(answer(status, allowed), answer(404));
    await expect(connect(server).head('abc')).resolves.toBeNull();
    expect(server.requests[1]?.headers.authorization).toBe('Bearer secret-token');
  });

  it.each([
    'Authorization',
    'AUTHORIZATION',
    'content-type,authorization',
    'x-a ,  authorization , x-b',
  ])('asks for the token with %j', async (names) => {
    const server = await bed.startServer(
      answer(200, { 'access-control-allow-headers': names }),
      answer(404),
    );
    await connect(server).head('abc');
    expect(server.requests[1]?.headers.authorization).toBe('Bearer secret-token');
  });

  it.each([undefined, '*', 'content-type', 'proxy-authorization', 'authorization-x'])(
    'does not ask for the token with %j, and says why the server then refuses',
    async (names) => {
      const headers = names === undefined ? {} : { 'access-control-allow-headers': names };
      const server = await bed.startServer(
        answer(200, headers),
        answer(401),
        answer(200, {}, '{"status":"paused"}'),
      );
      const client = connect(server);
      const { code } = await catchLarderError(client.head('abc'));
      expect(code).toBe('LARDER_PREFLIGHT_TOKEN_WITHHELD');
      expect(server.requests[1]?.headers).not.toHaveProperty('authorization');
      // The token itself was not refused.
      await expect(client.status()).resolves.toBe('paused');
    },
  );

  it('is repeated with each attempt, as what it says may expire', async () => {
    let count = 0;
    const server = await bed.startServer((request, response) => {
      request.resume();
      if (request.method === 'OPTIONS') {
        count += 1;
        response.writeHead(200, { ...allowed, location: `/upload-${count}` }).end();
      } else {
        response.writeHead(count === 1 ? 503 : 200).end();
      }
    });
    await connect(server).put('abc', chunkedBody(['hello']), { tag: 't' });
    expect(linesOf(server.requests)).toEqual([
      'OPTIONS /v8/artifacts/abc',
      'PUT /upload-1',
      'OPTIONS /v8/artifacts/abc',
      'PUT /upload-2',
    ]);
  });

  it.each([
    ['nowhere', 'http://'],
    ['another protocol', 'ftp://127.0.0.1/abc'],
  ])('that points to %s is refused', async (_what, location) => {
    const server = await bed.startServer(answer(200, { ...allowed, location }));
    const { code } = await catchLarderError(connect(server).head('abc'));
    expect(code).toBe('LARDER_HTTP_REDIRECT_REFUSED');
    expect(server.requests).toHaveLength(1);
  });

  it('that the store refuses is not taken for a refusal of the token', async () => {
    const store = await bed.startServer(answer(403, {}, '{"code":"remote_caching_disabled"}'));
    const server = await bed.startServer(
      answer(200, { location: `${store.url}/abc` }),
      answer(200, { location: '/here' }),
      answer(404),
    );
    const client = connect(server);
    const { code } = await catchLarderError(client.head('abc'));
    expect(code).toBe('LARDER_HTTP_UNEXPECTED_STATUS');
    await expect(client.head('abc')).resolves.toBeNull();
  });
});
