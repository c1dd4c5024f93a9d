import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createAgentBed, type RunOptions } from '../../testing/agent-bed.fixture.ts';
import {
  answer,
  hang,
  inTurn,
  reset,
  waitFor,
  type ArtifactsServer,
  type Behaviour,
} from '../../testing/artifacts-server.fixture.ts';
import { createGate, until } from '../../testing/test-bed.fixture.ts';
import { dataLayout } from '../protocol/data-layout.ts';

const bed = createAgentBed();
let server: ArtifactsServer;

beforeEach(async () => {
  server = await bed.startServer();
});
afterEach(() => bed.cleanUp());

/** Files on their way to Nx, of all agents. */
function downloads(): string[] {
  const folder = dataLayout(bed.dataDirectory).downloads;
  return readdirSync(folder).flatMap((agent) => readdirSync(join(folder, agent)));
}

describe('identical lookups in flight', () => {
  it.each([
    ['a hit', 'hello', 200],
    ['a miss', null, 404],
  ])('are one request of the server: %s', async (_what, content, status) => {
    const gate = createGate();
    server.behaviour.get = waitFor(gate);
    const run = await bed.openRun(server);
    if (content !== null) server.keep(run.wireHash('1'), Buffer.from(content));
    const answers = Array.from({ length: 20 }, () => run.get('1'));
    const other = run.get('2');
    await until('both are asked for', () => server.seen('get').length === 2);
    gate.open();
    for (const each of await Promise.all(answers)) {
      expect([each.status, each.body.toString()]).toEqual([status, content ?? '']);
    }
    expect((await other).status).toBe(404);
    expect(server.seen('get', run.wireHash('1'))).toHaveLength(1);
    expect(await run.close()).toMatchObject({ hits: content === null ? 0 : 1 });
  });

  it('are not one when they are of different runs, each with its own token', async () => {
    const gate = createGate();
    server.behaviour.get = waitFor(gate);
    const [first, second] = [
      await bed.openRun(server, { token: 'first' }),
      await bed.openRun(server, { token: 'second' }),
    ];
    const answers = [first.get('1'), second.get('1')];
    await until('both have asked', () => server.seen('get').length === 2);
    gate.open();
    await Promise.all(answers);
    const tokens = server.seen('get').map(({ headers }) => headers.authorization);
    expect(tokens.sort()).toEqual(['Bearer first', 'Bearer second']);
  });
});

describe('a miss', () => {
  it('is remembered as long as the run lasts', async () => {
    const run = await bed.openRun(server);
    for (let time = 0; time < 5; time += 1) expect((await run.get('1')).status).toBe(404);
    server.keep(run.wireHash('1'), Buffer.from('somebody else was faster'));
    expect((await run.get('1')).status).toBe(404);
    expect(server.seen('get')).toHaveLength(1);
    expect(await run.close()).toMatchObject({ hits: 0, misses: 1 });
    expect((await (await bed.openRun(server)).get('1')).status).toBe(200);
  });

  it('of one run is not that of another one', async () => {
    const [first, second] = [await bed.openRun(server), await bed.openRun(server)];
    await first.get('1');
    server.keep(first.wireHash('1'), Buffer.from('hello'));
    expect((await second.get('1')).body.toString()).toBe('hello');
  });
});

describe('a hit', () => {
  it('is counted with what it saves', async () => {
    const run = await bed.openRun(server);
    server.keep(run.wireHash('1'), Buffer.from('hello'), { 'x-artifact-duration': '1234' });
    server.keep(run.wireHash('2'), Buffer.from('hello again'), { 'x-artifact-duration': '1000' });
    await run.get('1');
    await run.get('2');
    await run.get('3');
    expect(await run.close()).toMatchObject({
      hits: 2,
      misses: 1,
      savedMs: 2234,
      downloadedBytes: 16,
      trouble: null,
    });
  });

  it('is whole for everybody who asks, and then nothing of it is left on disk', async () => {
    const run = await bed.openRun(server);
    const body = randomBytes(2_000_000);
    server.keep(run.wireHash('1'), body);
    const answers = await Promise.all(Array.from({ length: 10 }, () => run.get('1')));
    for (const each of answers) expect(each.body.equals(body)).toBe(true);
    await until('it is removed', () => downloads().length === 0);
  });

  it('can be had again', async () => {
    const run = await bed.openRun(server);
    server.keep(run.wireHash('1'), Buffer.from('hello'));
    for (let time = 0; time < 3; time += 1) {
      expect((await run.get('1')).body.toString()).toBe('hello');
    }
  });

  it('without a tag is taken', async () => {
    const run = await bed.openRun(server);
    server.artifacts.set(run.wireHash('1'), { body: Buffer.from('hello'), headers: {} });
    expect((await run.get('1')).status).toBe(200);
  });
});

describe('the mode', () => {
  it('"write" never looks anything up', async () => {
    const run = await bed.openRun(server, { mode: 'write' });
    server.keep(run.wireHash('1'), Buffer.from('hello'));
    expect((await run.get('1')).status).toBe(404);
    expect(await run.put('2', 'hello')).toBe(200);
    await run.close();
    expect(server.seen('get')).toEqual([]);
    expect(server.seen('put')).toHaveLength(1);
  });

  it('"read" never uploads anything', async () => {
    const run = await bed.openRun(server, { mode: 'read' });
    server.keep(run.wireHash('1'), Buffer.from('hello'));
    expect((await run.get('1')).status).toBe(200);
    expect(await run.put('2', randomBytes(1_000_000))).toBe(200);
    expect(await run.close()).toMatchObject({ hits: 1, uploads: 0, pendingUploads: 0 });
    expect(server.seen('put')).toEqual([]);
    expect(await bed.spooled()).toEqual([]);
  });
});

const damaged: Behaviour = async ({ response }) => {
  response.writeHead(200, { 'content-length': 5, 'x-artifact-tag': `sha256-${'A'.repeat(43)}=` });
  await new Promise<void>((resolve) => response.end('hello', resolve));
};

const cutOff: Behaviour = ({ request, response }) => {
  response.writeHead(200, { 'content-length': 10 });
  response.write('hello', () => request.socket.destroy());
};

const stalled: Behaviour = ({ response }) => {
  response.writeHead(200, { 'content-length': 10 });
  response.write('hello');
};

const forbidden = (code: string): Behaviour => answer(403, JSON.stringify({ error: { code } }));

describe('trouble with the server', () => {
  const quick: RunOptions = { lookupTimeoutMs: 500, minDownloadMs: 500 };

  it.each<{ what: string; get: Behaviour; code: string; options?: RunOptions }>([
    { what: 'a digest that does not fit', get: damaged, code: 'LARDER_DIGEST_MISMATCH' },
    { what: 'half an artifact', get: cutOff, code: 'LARDER_CONNECTION_LOST' },
    { what: 'a reset', get: reset, code: 'LARDER_CONNECTION_LOST' },
    { what: 'status 500', get: answer(500), code: 'LARDER_HTTP_SERVER_ERROR' },
    { what: 'status 503', get: answer(503), code: 'LARDER_HTTP_SERVER_ERROR' },
    { what: 'status 401', get: answer(401), code: 'LARDER_ACCESS_UNAUTHORIZED' },
    { what: 'status 403', get: forbidden('forbidden'), code: 'LARDER_ACCESS_FORBIDDEN' },
    { what: 'status 418', get: answer(418), code: 'LARDER_HTTP_UNEXPECTED_STATUS' },
    { what: 'status 429', get: answer(429), code: 'LARDER_HTTP_THROTTLED' },
    {
      what: 'remote caching that is disabled',
      get: forbidden('remote_caching_disabled'),
      code: 'LARDER_ACCESS_CACHING_DISABLED',
    },
    { what: 'silence', get: hang, code: 'LARDER_TIMEOUT_FIRST_BYTE', options: quick },
    {
      what: 'an artifact that takes longer than its task',
      get: stalled,
      code: 'LARDER_AGENT_DOWNLOAD_TOO_SLOW',
      options: quick,
    },
    {
      what: 'redirects in circles',
      get: ({ request, response }) => {
        response.writeHead(302, { location: request.url }).end();
      },
      code: 'LARDER_HTTP_REDIRECT_REFUSED',
    },
  ])('($what) is a miss, and said once', async ({ get, code, options }) => {
    server.behaviour.get = get;
    const run = await bed.openRun(server, options);
    for (const taskHash of ['1', '2', '3']) {
      expect(await run.get(taskHash)).toEqual({ status: 404, body: Buffer.alloc(0) });
    }
    const report = await run.close();
    expect(report).toMatchObject({ hits: 0, misses: 3, trouble: { code } });
    expect(downloads()).toEqual([]);
  });

  it('that goes silent is not asked by hundreds of lookups one after the other', async () => {
    server.behaviour.get = hang;
    const run = await bed.openRun(server, { lookupConcurrency: 2, lookupTimeoutMs: 500 });
    const answers = await Promise.all(Array.from({ length: 100 }, (_, task) => run.get(`${task}`)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([404]));
    // After a few that failed it counts as down.
    expect(server.seen('get').length).toBeLessThan(10);
    expect((await run.close()).trouble?.code).toBe('LARDER_TIMEOUT_FIRST_BYTE');
  });

  it('that is not there is a miss, and says where it should be', async () => {
    await server.close();
    const run = await bed.openRun(server);
    expect((await run.get('1')).status).toBe(404);
    expect(await run.close()).toMatchObject({
      misses: 1,
      trouble: {
        code: 'LARDER_CONNECT_FAILED',
        detail: expect.stringContaining(server.url) as string,
      },
    });
  });

  it.each([
    ['disabled', 'disabled'],
    ['over_limit', 'over_limit'],
    ['paused', 'paused'],
  ])('is that it says that caching is %s', async (_what, status) => {
    server.behaviour.status = answer(200, JSON.stringify({ status }));
    const run = await bed.openRun(server);
    await run.get('1');
    expect((await run.close()).trouble).toMatchObject({
      code: 'LARDER_AGENT_CACHING_UNAVAILABLE',
      detail: expect.stringContaining(status) as string,
    });
  });

  it('is not that it does not know the endpoint for its status', async () => {
    server.behaviour.status = answer(404);
    const run = await bed.openRun(server);
    server.keep(run.wireHash('1'), Buffer.from('hello'));
    expect((await run.get('1')).status).toBe(200);
    expect((await run.close()).trouble).toBeNull();
  });

  it('of one artifact does not keep others from being found', async () => {
    server.behaviour.get = inTurn(damaged, (each) => each.proceed());
    const run = await bed.openRun(server);
    server.keep(run.wireHash('2'), Buffer.from('hello'));
    expect((await run.get('1')).status).toBe(404);
    expect((await run.get('2')).status).toBe(200);
  });

  it('of one run is not that of another one', async () => {
    server.behaviour.get = answer(500);
    const healthy = await bed.startServer();
    const [first, second] = [await bed.openRun(server), await bed.openRun(healthy)];
    healthy.keep(second.wireHash('1'), Buffer.from('hello'));
    expect((await first.get('1')).status).toBe(404);
    expect((await second.get('1')).status).toBe(200);
    expect((await first.close()).trouble?.code).toBe('LARDER_HTTP_SERVER_ERROR');
    expect((await second.close()).trouble).toBeNull();
  });
});

describe('a slow download', () => {
  /** Sends the second half of an artifact when the gate opens. */
  const inHalves =
    (gate: { opened: Promise<void> }, durationMs: string): Behaviour =>
    async ({ response }) => {
      response.writeHead(200, { 'content-length': 10, 'x-artifact-duration': durationMs });
      response.write('hello');
      await gate.opened;
      response.end('world');
    };

  it.each(['3600000', '999999999999999'])(
    'is waited for as long as its task took: %s ms',
    async (durationMs) => {
      const gate = createGate();
      server.behaviour.get = inTurn(inHalves(gate, durationMs), stalled);
      const run = await bed.openRun(server, { minDownloadMs: 100 });
      const answered = run.get('1');
      await until('it has begun', () => server.seen('get').length === 1);
      // Another one that takes too long shows that its time would have passed.
      expect((await run.get('2')).status).toBe(404);
      gate.open();
      expect((await answered).body.toString()).toBe('helloworld');
    },
  );

  it('does not hold up for long those that wait for it to end', async () => {
    const gate = createGate();
    server.behaviour.get = inHalves(gate, '3600000');
    const run = await bed.openRun(server, {
      lookupConcurrency: 1,
      lookupTimeoutMs: 500,
      minDownloadMs: 500,
    });
    const slow = run.get('1');
    await until('it has begun', () => server.seen('get').length === 1);
    const others = await Promise.all(['2', '3'].map((taskHash) => run.get(taskHash)));
    expect(others.map(({ status }) => status)).toEqual([404, 404]);
    gate.open();
    expect((await slow).body.toString()).toBe('helloworld');
    expect(server.seen('get')).toHaveLength(1);
    expect(await run.close()).toMatchObject({
      hits: 1,
      misses: 2,
      trouble: { code: 'LARDER_AGENT_LOOKUP_QUEUED_TOO_LONG' },
    });
  });
});

it('no more lookups than allowed reach the server at the same time', async () => {
  let inFlight = 0;
  let most = 0;
  server.behaviour.get = async (each) => {
    inFlight += 1;
    most = Math.max(most, inFlight);
    await new Promise((resolve) => setImmediate(resolve));
    inFlight -= 1;
    await each.proceed();
  };
  const run = await bed.openRun(server, { lookupConcurrency: 3 });
  await Promise.all(Array.from({ length: 60 }, (_, task) => run.get(`${task}`)));
  expect(server.seen('get')).toHaveLength(60);
  expect(most).toBeLessThanOrEqual(3);
  expect(most).toBeGreaterThan(1);
});
