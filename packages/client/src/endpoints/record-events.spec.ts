import { type ArtifactEvent } from '../artifacts-client.ts';
import { answer, readBody } from '../fixtures/scripted-server.fixture.ts';
import { catchLarderError, createTestBed } from '../fixtures/test-bed.fixture.ts';

const bed = createTestBed();
afterEach(() => bed.cleanUp());

const sessionId = '9f0c6f0e-5d0a-4f3e-8f5e-0d7c1f0b9a11';
const hit: ArtifactEvent = { source: 'REMOTE', event: 'HIT', hash: 'abc', durationMs: 1500.4 };
const miss: ArtifactEvent = { source: 'LOCAL', event: 'MISS', hash: 'def', durationMs: 7 };

describe('recordEvents', () => {
  it('sends all events in one request, and durations with hits only', async () => {
    let body = '';
    const server = await bed.startServer(async (request, response) => {
      body = String(await readBody(request));
      response.end();
    });
    const client = bed.createClient(server, {
      slug: 's',
      environment: { clientCi: 'GITLAB', isInteractive: true },
    });
    await client.recordEvents(sessionId, [hit, miss, { ...miss, event: 'HIT' }]);
    expect(JSON.parse(body)).toEqual([
      { sessionId, source: 'REMOTE', event: 'HIT', hash: 'abc', duration: 1500 },
      { sessionId, source: 'LOCAL', event: 'MISS', hash: 'def' },
      { sessionId, source: 'LOCAL', event: 'HIT', hash: 'def', duration: 7 },
    ]);
    expect(server.requests[0]).toMatchObject({
      method: 'POST',
      url: '/v8/artifacts/events?slug=s',
      headers: {
        authorization: 'Bearer secret-token',
        'content-type': 'application/json',
        'content-length': String(body.length),
        'x-artifact-client-ci': 'GITLAB',
        'x-artifact-client-interactive': '1',
      },
    });
  });

  it('sends nothing when nothing happened', async () => {
    const server = await bed.startServer(answer(200));
    await bed.createClient(server).recordEvents(sessionId, []);
    expect(server.requests).toEqual([]);
  });

  it.each([200, 202, 204])('takes %i for success, whatever comes with it', async (status) => {
    const server = await bed.startServer(answer(status, {}, status === 204 ? '' : '<p>ok'));
    await expect(bed.createClient(server).recordEvents(sessionId, [hit])).resolves.toBeUndefined();
  });

  it.each([404, 405, 501])('says that a server answering %i does not have it', async (status) => {
    const server = await bed.startServer(answer(status));
    const { code } = await catchLarderError(
      bed.createClient(server).recordEvents(sessionId, [hit]),
    );
    expect(code).toBe('LARDER_HTTP_ENDPOINT_UNKNOWN');
  });

  it.each([500, 401])(
    'that is answered with %i keeps nothing else from being sent',
    async (status) => {
      const server = await bed.startServer((request, response) => {
        request.resume();
        response.writeHead(request.method === 'POST' ? status : 404).end();
      });
      const client = bed.createClient(server);
      for (let count = 0; count < 3; count += 1) {
        await catchLarderError(client.recordEvents(sessionId, [hit]));
      }
      await expect(client.head('abc')).resolves.toBeNull();
    },
  );

  it.each<[string, string, ArtifactEvent]>([
    ['LARDER_REQUEST_OPTION_INVALID', 'run-1', hit],
    ['LARDER_REQUEST_OPTION_INVALID', sessionId, { ...hit, durationMs: -1 }],
    ['LARDER_REQUEST_OPTION_INVALID', sessionId, { ...hit, source: 'NOWHERE' as 'LOCAL' }],
    ['LARDER_REQUEST_OPTION_INVALID', sessionId, { ...hit, event: 'hit' as 'HIT' }],
    ['LARDER_REQUEST_HASH_INVALID', sessionId, { ...hit, hash: 'a/b' }],
  ])('refuses with %s without a request (%s, %j)', async (expected, session, event) => {
    const server = await bed.startServer(answer(200));
    const { code } = await catchLarderError(
      bed.createClient(server).recordEvents(session, [event]),
    );
    expect(code).toBe(expected);
    expect(server.requests).toEqual([]);
  });
});
