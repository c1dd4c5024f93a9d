import { type QueryResult } from '../artifacts-client.ts';
import { isLarderError } from '../errors/larder-error.ts';
import { answer, readBody, type Script } from '../fixtures/scripted-server.fixture.ts';
import { catchLarderError, createTestBed } from '../fixtures/test-bed.fixture.ts';

const bed = createTestBed();
afterEach(() => bed.cleanUp());

const found = { sizeBytes: 5, durationMs: 7, tag: null, sha: null, dirtyHash: null };

/** Answers a query with `answers`, and each HEAD with a hit for hashes that start with "hit". */
function serve(answers: (hashes: string[]) => unknown): Script {
  return async (request, response) => {
    const body = await readBody(request);
    if (request.method === 'POST') {
      const { hashes } = JSON.parse(String(body)) as { hashes: string[] };
      response.end(JSON.stringify(answers(hashes)));
    } else {
      const isHit = request.url?.startsWith('/v8/artifacts/hit') === true;
      const headers = { 'content-length': 5, 'x-artifact-duration': '7' };
      response.writeHead(isHit ? 200 : 404, isHit ? headers : {}).end();
    }
  };
}

function codes(results: Map<string, QueryResult>): (string | null)[] {
  return [...results.values()].map((result) => (isLarderError(result) ? result.code : null));
}

describe('query', () => {
  it('asks for all hashes in one request', async () => {
    let body = '';
    const server = await bed.startServer(async (request, response) => {
      body = String(await readBody(request));
      response.end(
        JSON.stringify({
          b: { size: 5, taskDurationMs: 7, tag: 't', sha: 'f00', dirtyHash: 'ba7' },
          a: null,
        }),
      );
    });
    const client = bed.createClient(server, { teamId: 'team_x', slug: 's' });
    const results = await client.query(['a', 'b', 'a']);
    expect([...results]).toEqual([
      ['a', null],
      ['b', { sizeBytes: 5, durationMs: 7, tag: 't', sha: 'f00', dirtyHash: 'ba7' }],
    ]);
    expect(body).toBe('{"hashes":["a","b"]}');
    expect(server.requests).toHaveLength(1);
    expect(server.requests[0]).toMatchObject({
      method: 'POST',
      url: '/v8/artifacts?teamId=team_x&slug=s',
      headers: {
        authorization: 'Bearer secret-token',
        'content-type': 'application/json',
        'content-length': '20',
      },
    });
  });

  it('asks nothing when there is nothing to ask for', async () => {
    const server = await bed.startServer(answer(500));
    await expect(bed.createClient(server).query([])).resolves.toEqual(new Map());
    expect(server.requests).toEqual([]);
  });

  it('asks for a great many hashes in several requests', async () => {
    const sizes: number[] = [];
    const hashes = Array.from({ length: 1201 }, (_, index) => `hash${index}`);
    const server = await bed.startServer(
      serve((asked) => {
        sizes.push(asked.length);
        return Object.fromEntries(
          asked.map((hash) => [hash, { size: 5, taskDurationMs: 7, tag: 'x'.repeat(600) }]),
        );
      }),
    );
    const results = await bed.createClient(server).query(hashes);
    expect([...results.keys()]).toEqual(hashes);
    expect([...results.values()].every((result) => result !== null)).toBe(true);
    expect(sizes).toEqual([500, 500, 201]);
  });

  it('takes a hash for what it is, whatever it is called', async () => {
    const server = await bed.startServer(
      answer(200, {}, '{"__proto__":{"size":5,"taskDurationMs":7},"constructor":null}'),
    );
    const results = await bed.createClient(server).query(['__proto__', 'constructor']);
    expect([...results.values()]).toEqual([found, null]);
  });

  it.each([
    ['a duration that is no number', { size: 5, taskDurationMs: '7' }, { ...found, durationMs: 0 }],
    ['a negative size', { size: -1, taskDurationMs: 7 }, { ...found, sizeBytes: null }],
    ['a fraction of a millisecond', { size: 5, taskDurationMs: 7.4 }, found],
    ['a tag of another type', { size: 5, taskDurationMs: 7, tag: 7 }, found],
  ])('reads %s as if it were not known', async (_what, entry, expected) => {
    const server = await bed.startServer(answer(200, {}, JSON.stringify({ a: entry })));
    const results = await bed.createClient(server).query(['a']);
    expect(results.get('a')).toEqual(expected);
  });

  describe('falls back to one HEAD for each hash', () => {
    it.each<[string, Script]>([
      ['404', answer(404)],
      ['405', answer(405)],
      ['501', answer(501)],
      ['{}', serve(() => ({}))],
      ['{"hashes":[]}', serve(() => ({ hashes: [] }))],
    ])('when the server answers %s, and does not try again', async (_what, script) => {
      const server = await bed.startServer(
        script,
        serve(() => ({})),
      );
      const client = bed.createClient(server);
      const expected = new Map([
        ['hit1', found],
        ['no', null],
      ]);
      await expect(client.query(['hit1', 'no'])).resolves.toEqual(expected);
      await expect(client.query(['hit1', 'no'])).resolves.toEqual(expected);
      const methods = server.requests.map(({ method }) => method);
      expect(methods).toEqual(['POST', 'HEAD', 'HEAD', 'HEAD', 'HEAD']);
    });

    it.each([
      ['an error', { error: { message: 'Busy.' } }],
      ['an error beside data', { error: { message: 'Busy.' }, size: 5, taskDurationMs: 7 }],
      ['an empty object', {}],
      ['a list', []],
      ['a string', 'hit'],
    ])('that has %s for an answer', async (_what, entry) => {
      const script = serve(() => ({ hit1: entry, no: null }));
      const server = await bed.startServer(script);
      const client = bed.createClient(server);
      const results = await client.query(['hit1', 'no', 'missing']);
      expect([...results]).toEqual([
        ['hit1', found],
        ['no', null],
        ['missing', null],
      ]);
      const asked = server.requests.map(({ method, url }) => `${method} ${url}`);
      expect(asked.sort()).toEqual([
        'HEAD /v8/artifacts/hit1',
        'HEAD /v8/artifacts/missing',
        'POST /v8/artifacts',
      ]);
      await client.query(['no']);
      expect(server.requests.at(-1)?.method).toBe('POST');
    });

    it('with as many at once as there are connections', async () => {
      let open = 0;
      let mostOpen = 0;
      const server = await bed.startServer(answer(404), (_request, response) => {
        open += 1;
        mostOpen = Math.max(mostOpen, open);
        setImmediate(() => {
          open -= 1;
          response.writeHead(404).end();
        });
      });
      const hashes = Array.from({ length: 50 }, (_, index) => `hash${index}`);
      const results = await bed.createClient(server, { maxConnections: 3 }).query(hashes);
      expect([...results]).toEqual(hashes.map((hash) => [hash, null]));
      expect(mostOpen).toBeLessThanOrEqual(3);
      expect(server.requests).toHaveLength(51);
    });

    it('and tells of each that failed', async () => {
      const server = await bed.startServer(answer(404), (request, response) => {
        response.writeHead(request.url?.endsWith('/bad') === true ? 400 : 404).end();
      });
      const results = await bed.createClient(server).query(['a', 'bad', 'c']);
      expect(codes(results)).toEqual([null, 'LARDER_HTTP_BAD_REQUEST', null]);
    });

    it('and stops when it is aborted', async () => {
      const controller = new AbortController();
      const server = await bed.startServer(answer(404), () => {
        controller.abort();
      });
      const hashes = Array.from({ length: 20 }, (_, index) => `hash${index}`);
      const client = bed.createClient(server, { maxConnections: 2 });
      const error = await catchLarderError(client.query(hashes, { signal: controller.signal }));
      expect(error.code).toBe('LARDER_REQUEST_ABORTED');
      expect(server.requests.length).toBeLessThanOrEqual(3);
    });
  });

  it.each<[string, Script, [string, null][]]>([
    ['knows only some of it', serve(() => ({ no: null })), [['no', null]]],
    ['does not know the endpoint', answer(404), []],
  ])('sends no HEAD without fallback when the server %s', async (_what, script, expected) => {
    const server = await bed.startServer(script);
    const results = await bed.createClient(server).query(['hit1', 'no'], { fallback: false });
    expect([...results]).toEqual(expected);
    expect(server.requests.map(({ method }) => method)).toEqual(['POST']);
  });

  it.each([
    ['HTML', answer(200, {}, '<html>')],
    ['a list', answer(200, {}, '[]')],
    ['null', answer(200, {}, 'null')],
    ['gzip', answer(200, { 'content-encoding': 'gzip' }, '{"a":null}')],
    ['far too much', answer(200, {}, `{"a":null${' '.repeat(10_000)}}`)],
  ])('fails when the server answers %s, which is no artifacts API', async (_what, script) => {
    const server = await bed.startServer(script);
    const error = await catchLarderError(bed.createClient(server).query(['a']));
    expect(error.code).toBe('LARDER_HTTP_ANSWER_MALFORMED');
    expect(server.requests).toHaveLength(1);
  });

  it('tries again when its answer breaks off', async () => {
    const server = await bed.startServer(
      (request, response) => {
        response.writeHead(200, { 'content-length': 10 });
        response.write('{"a":', () => request.socket.destroy());
      },
      answer(200, {}, '{"a":null}'),
    );
    await expect(bed.createClient(server).query(['a'])).resolves.toEqual(new Map([['a', null]]));
    expect(server.requests).toHaveLength(2);
  });

  it('refuses a wrong hash without a request', async () => {
    const server = await bed.startServer(answer(200, {}, '{}'));
    const error = await catchLarderError(bed.createClient(server).query(['a', '../b']));
    expect(error.code).toBe('LARDER_REQUEST_HASH_INVALID');
    expect(server.requests).toEqual([]);
  });
});
