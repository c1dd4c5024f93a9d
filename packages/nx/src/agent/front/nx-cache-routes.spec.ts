import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { createAgentBed, runConfiguration, type TestRun } from '../../testing/agent-bed.fixture.ts';
import { hang, type ArtifactsServer } from '../../testing/artifacts-server.fixture.ts';
import { createNxClient, exchange, type RawRequest } from '../../testing/nx-client.fixture.ts';
import { dataLayout } from '../protocol/data-layout.ts';
import { until } from '../../testing/test-bed.fixture.ts';

// What Nx's cache client meets. It fails the command on any answer but 200 and 404.

const bed = createAgentBed();
let server: ArtifactsServer;
let run: TestRun;

beforeEach(async () => {
  server = await bed.startServer();
  run = await bed.openRun(server);
});
afterEach(() => bed.cleanUp());

const nothing = Buffer.alloc(0);
const artifactRequests = () => [...server.seen('get'), ...server.seen('put')];

function raw(overrides: Partial<RawRequest> = {}): Promise<{ status: number; body: Buffer }> {
  const { headers, ...rest } = overrides;
  return exchange(run.url, {
    method: 'GET',
    path: '/v1/cache/1',
    headers: { authorization: `Bearer ${run.token}`, ...headers },
    ...rest,
  });
}

describe('a lookup', () => {
  it('of what the server does not have is a 404', async () => {
    expect(await run.get('1')).toEqual({ status: 404, body: nothing });
    expect(server.seen('get', run.wireHash('1'))).toHaveLength(1);
  });

  it('of what the server has is that, byte by byte', async () => {
    const body = randomBytes(5_000_001);
    server.keep(run.wireHash('1'), body);
    const answer = await run.get('1');
    expect(answer.status).toBe(200);
    expect(answer.body.equals(body)).toBe(true);
  });

  it('of an empty artifact is a hit', async () => {
    server.keep(run.wireHash('1'), nothing);
    expect(await run.get('1')).toEqual({ status: 200, body: nothing });
  });

  it('asks the server with the token of the run, in the name of the plugin', async () => {
    await run.get('1');
    expect(server.seen('get')[0]?.headers).toMatchObject({
      authorization: 'Bearer token-of-the-run',
      'user-agent': expect.stringMatching(/^larder-nx\/\d/) as string,
    });
  });

  it('names team and slug', async () => {
    const { upstream: plain } = runConfiguration(server);
    const upstream = { ...plain, teamId: 'team_x', slug: 'acme' };
    await (await bed.openRun(server, { upstream })).get('1');
    expect(server.seen('get')[0]?.query).toBe('?teamId=team_x&slug=acme');
  });

  it('that is given up by its client hurts nobody', async () => {
    server.behaviour.get = hang;
    const { hostname, port } = new URL(run.url);
    const headers = { authorization: `Bearer ${run.token}` };
    const given = request({ hostname, port, path: '/v1/cache/1', headers, agent: false });
    given.on('error', () => undefined).end();
    await until('it has reached the server', () => server.seen('get').length === 1);
    given.destroy();
    server.keep(run.wireHash('2'), Buffer.from('hello'));
    server.behaviour.get = (each) => each.proceed();
    expect((await run.get('2')).body.toString()).toBe('hello');
  });

  it('may be one of hundreds, each on a connection of its own', async () => {
    server.keep(run.wireHash('7'), Buffer.from('hello'));
    const answers = await Promise.all(Array.from({ length: 300 }, (_, task) => run.get(`${task}`)));
    expect(answers.filter(({ status }) => status === 404)).toHaveLength(299);
    expect(answers[7]?.body.toString()).toBe('hello');
  });
});

describe('a store', () => {
  it('is accepted and sent on byte by byte, with its digest', async () => {
    const body = randomBytes(3_000_001);
    expect(await run.put('1', body)).toBe(200);
    await run.close();
    const stored = server.artifacts.get(run.wireHash('1'));
    expect(stored?.body.equals(body)).toBe(true);
    expect(stored?.headers['x-artifact-tag']).toMatch(/^sha256-/);
    expect(server.seen('put')[0]?.headers.authorization).toBe('Bearer token-of-the-run');
  });

  it('of nothing is accepted', async () => {
    expect(await run.put('1', nothing)).toBe(200);
    await run.close();
    expect(server.artifacts.get(run.wireHash('1'))?.body).toHaveLength(0);
  });

  it('is found by another run', async () => {
    await run.put('1', 'hello');
    await run.close();
    const other = await bed.openRun(server);
    expect((await other.get('1')).body.toString()).toBe('hello');
  });

  it('signs what it sends, and only what is signed is found, where there is a key', async () => {
    const signatureKey = 'a key of thirty-two characters..';
    const signing = await bed.openRun(server, { signatureKey });
    await signing.put('1', 'hello');
    await signing.close();
    expect(server.artifacts.get(run.wireHash('1'))?.headers['x-artifact-tag']).not.toMatch(/^sha/);
    server.keep(run.wireHash('2'), Buffer.from('unsigned'));

    const reading = await bed.openRun(server, { signatureKey });
    expect((await reading.get('1')).body.toString()).toBe('hello');
    expect((await reading.get('2')).status).toBe(404);
    expect((await reading.close()).trouble?.code).toBe('LARDER_SIGNATURE_MISSING');
  });

  it.each([
    ['without a length', { 'transfer-encoding': 'chunked' }],
    ['with two encodings', { 'transfer-encoding': 'gzip, chunked' }],
  ])('%s is accepted and leads nowhere', async (_what, headers) => {
    const { hostname, port } = new URL(run.url);
    const outgoing = request({
      hostname,
      port,
      method: 'PUT',
      path: '/v1/cache/1',
      agent: false,
      headers: { authorization: `Bearer ${run.token}`, ...headers },
    });
    outgoing.end('hello');
    const [response] = (await once(outgoing, 'response')) as [{ statusCode: number }];
    expect(response.statusCode).toBe(200);
    await run.close();
    expect(server.seen('put')).toEqual([]);
  });

  it('that breaks off is not sent, and what follows is', async () => {
    const { hostname, port } = new URL(run.url);
    const outgoing = request({
      hostname,
      port,
      method: 'PUT',
      path: '/v1/cache/1',
      agent: false,
      headers: { authorization: `Bearer ${run.token}`, 'content-length': 1_000_000 },
    });
    outgoing.on('error', () => undefined);
    await new Promise((resolve) => outgoing.write(randomBytes(500_000), resolve));
    outgoing.destroy();
    expect(await run.put('2', 'whole')).toBe(200);
    const report = await run.close();
    expect([...server.artifacts.keys()]).toEqual([run.wireHash('2')]);
    // Nobody asked for it any more: that is no trouble with the disk.
    expect(report).toMatchObject({ uploads: 1, pendingUploads: 0, trouble: null });
    expect(readdirSync(dataLayout(bed.dataDirectory).spool)).toEqual([]);
  });
});

describe('whoever has no valid token', () => {
  const headers: [string, Record<string, string>][] = [
    ['none', {}],
    ['an unknown one', { authorization: 'Bearer unknown' }],
    ['one in another scheme', { authorization: 'Basic dXNlcjpwYXNzd29yZA==' }],
  ];

  it.each(headers)('(%s) finds nothing', async (_what, authorization) => {
    server.keep(run.wireHash('1'), Buffer.from('hello'));
    const answer = await exchange(run.url, {
      method: 'GET',
      path: '/v1/cache/1',
      headers: authorization,
    });
    expect(answer).toEqual({ status: 404, body: nothing });
    expect(artifactRequests()).toEqual([]);
  });

  it.each(headers)('(%s) stores into the void', async (_what, authorization) => {
    const answer = await exchange(run.url, {
      method: 'PUT',
      path: '/v1/cache/1',
      headers: authorization,
      body: 'hello',
    });
    expect(answer).toEqual({ status: 200, body: nothing });
    await run.close();
    expect(artifactRequests()).toEqual([]);
    expect(await bed.spooled()).toEqual([]);
  });

  it('can use the connection again after a large store', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    bed.onCleanUp(() => {
      agent.destroy();
    });
    for (const method of ['PUT', 'PUT', 'GET']) {
      const body = method === 'PUT' ? randomBytes(4_000_000) : null;
      const { status } = await exchange(run.url, { method, path: '/v1/cache/1', body, agent });
      expect(status).toBe(method === 'PUT' ? 200 : 404);
    }
  });

  it('is also who comes with the token of a closed run', async () => {
    server.keep(run.wireHash('1'), Buffer.from('hello'));
    await run.close();
    expect((await run.get('1')).status).toBe(404);
    expect(await run.put('2', 'hello')).toBe(200);
    expect(artifactRequests()).toEqual([]);
    expect(await bed.spooled()).toEqual([]);
  });

  it('cannot tell it from the answer to a task that has no artifact', async () => {
    const known = await run.get('1');
    expect(await createNxClient({ ...run, token: 'unknown' }).get('1')).toEqual(known);
  });
});

describe('a request under a foreign name', () => {
  it.each(['cache.example.com', '127.0.0.1', '127.0.0.1:1', 'localhost', '[::1]:1'])(
    '(Host: %s) is not answered with anything',
    async (host) => {
      server.keep(run.wireHash('1'), Buffer.from('hello'));
      expect(await raw({ headers: { host } })).toEqual({ status: 404, body: nothing });
      const put = { method: 'PUT', headers: { host }, body: 'hello' };
      expect(await raw(put)).toEqual({ status: 404, body: nothing });
      await run.close();
      expect(artifactRequests()).toEqual([]);
    },
  );

  it('is none under localhost', async () => {
    server.keep(run.wireHash('1'), Buffer.from('hello'));
    const host = `localhost:${new URL(run.url).port}`;
    expect((await raw({ headers: { host } })).body.toString()).toBe('hello');
  });
});

describe('a request that Nx would not make', () => {
  it.each([
    '',
    '.',
    '..',
    'a/b',
    '..%2f..',
    '%00',
    'ä',
    'x'.repeat(129),
    '1 2'.replace(' ', '%20'),
  ])('(task hash %j) finds nothing and stores nothing', async (taskHash) => {
    const path = encodeURI(`/v1/cache/${taskHash}`).replaceAll('%25', '%');
    expect(await raw({ path })).toEqual({ status: 404, body: nothing });
    expect(await raw({ path, method: 'PUT', body: 'x' })).toEqual({ status: 200, body: nothing });
    await run.close();
    expect(artifactRequests()).toEqual([]);
  });

  it.each(['/', '/v1/cach/1', '/v1', '/v8/artifacts/1', '/larder', '/larder/runs'])(
    'leads nowhere: %s',
    async (path) => {
      expect(await raw({ path })).toEqual({ status: 404, body: nothing });
      expect(await raw({ path, method: 'PUT', body: 'x' })).toEqual({ status: 404, body: nothing });
    },
  );

  it.each(['//v1/cache/1', '/v1/cache/1?x=y'])('is understood all the same: %s', async (path) => {
    server.keep(run.wireHash('1'), Buffer.from('hello'));
    expect((await raw({ path })).body.toString()).toBe('hello');
  });
});

it('promises to keep connections for longer than the 90 s that those of Nx live', async () => {
  const response = await fetch(`${run.url}/v1/cache/1`);
  expect(response.headers.get('keep-alive')).toBe('timeout=120');
});
