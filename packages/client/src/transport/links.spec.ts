import { createHash } from 'node:crypto';
import { answer, reset, type Script } from '../fixtures/scripted-server.fixture.ts';
import { catchLarderError, createTestBed } from '../fixtures/test-bed.fixture.ts';

const bed = createTestBed();
afterEach(() => bed.cleanUp());

const BODY = 'hello';
const TAG = `sha256-${createHash('sha256').update(BODY).digest('base64')}`;

/** A server that gives a link to whoever wants one, and the artifact itself to everybody else. */
function linkingTo(url: string, headers: Record<string, string> = {}): Script {
  return (request, response) =>
    request.headers['x-larder-links'] === 'follow'
      ? answer(307, { location: url, ...headers })(request, response)
      : answer(200, headers, BODY)(request, response);
}

describe('a link to the storage', () => {
  it('is followed without the token, and what the server said of the artifact counts', async () => {
    const storage = await bed.startServer(answer(200, { 'x-artifact-tag': 'another' }, BODY));
    const said = { 'x-artifact-tag': TAG, 'x-artifact-duration': '12' };
    const server = await bed.startServer(linkingTo(`${storage.url}/object?signature=x`, said));
    const artifact = await bed.createClient(server).get('abc');
    expect(artifact?.metadata).toMatchObject({ tag: TAG, durationMs: 12 });
    artifact?.body.destroy();
    expect(storage.requests[0]?.headers).not.toHaveProperty('authorization');
    expect(server.requests).toHaveLength(1);
  });

  it('is verified by the tag of the server', async () => {
    const storage = await bed.startServer(answer(200, {}, 'poison'));
    const server = await bed.startServer(linkingTo(storage.url, { 'x-artifact-tag': TAG }));
    const failure = await catchLarderError(bed.download(bed.createClient(server)));
    expect(failure.code).toBe('LARDER_DIGEST_MISMATCH');
  });

  it.each([
    ['refuses', answer(403)],
    ['has nothing', answer(404)],
    ['breaks the connection', reset],
  ])('is done without when the storage %s', async (_what, script) => {
    const storage = await bed.startServer(script);
    const server = await bed.startServer(linkingTo(storage.url, { 'x-artifact-tag': TAG }));
    await expect(bed.download(bed.createClient(server))).resolves.toBe(BODY);
    expect(server.requests.map(({ headers }) => headers['x-larder-links'])).toEqual([
      'follow',
      undefined,
    ]);
    expect(server.requests[1]?.headers.authorization).toBe('Bearer secret-token');
  });

  it('is not asked for again until some minutes after the storage could not be reached', async () => {
    const storage = await bed.startServer(reset);
    const server = await bed.startServer(linkingTo(storage.url));
    const client = bed.createClient(server);
    for (let count = 0; count < 3; count += 1) await bed.download(client);
    bed.runtime.advance(5 * 60_000);
    await bed.download(client);
    expect(server.requests.map(({ headers }) => 'x-larder-links' in headers)).toEqual([
      ...[true, false, false, false],
      ...[true, false],
    ]);
  });

  it('is asked for only where there is something to fetch', async () => {
    const server = await bed.startServer(answer(404));
    const client = bed.createClient(server);
    await client.head('abc');
    await client.get('abc');
    expect(server.requests.map(({ headers }) => 'x-larder-links' in headers)).toEqual([
      false,
      true,
    ]);
  });
});
