import { answer, refuse } from '../fixtures/scripted-server.fixture.ts';
import { catchLarderError, createTestBed } from '../fixtures/test-bed.fixture.ts';

const bed = createTestBed();
afterEach(() => bed.cleanUp());

describe('a redirect', () => {
  it.each([301, 302, 303, 307, 308])('of status %i is followed with the token', async (status) => {
    const server = await bed.startServer(
      answer(status, { location: '/moved?x=1#y' }),
      answer(200, {}, 'hello'),
    );
    await expect(bed.download(bed.createClient(server))).resolves.toBe('hello');
    expect(server.requests.map(({ url }) => url)).toEqual(['/v8/artifacts/abc', '/moved?x=1']);
    expect(server.requests[1]?.headers.authorization).toBe('Bearer secret-token');
  });

  it('to another origin loses the token, for good', async () => {
    const other = await bed.startServer((_request, response) => {
      response.writeHead(307, { location: `${server.url}/back` }).end();
    });
    const server = await bed.startServer(
      answer(307, { location: `${other.url}/away` }),
      answer(200, {}, 'hello'),
    );
    await expect(bed.download(bed.createClient(server))).resolves.toBe('hello');
    expect(other.requests[0]?.headers).not.toHaveProperty('authorization');
    expect(server.requests[1]?.headers).not.toHaveProperty('authorization');
  });

  it.each([401, 402, 403])('to another origin that answers %i is about itself', async (status) => {
    const other = await bed.startServer(refuse(status, 'remote_caching_disabled'));
    const server = await bed.startServer(
      answer(302, { location: `${other.url}/away?signature=swordfish` }),
      answer(404),
    );
    const client = bed.createClient(server);
    const failure = await catchLarderError(client.head('abc'));
    expect(failure.code).toBe('LARDER_HTTP_UNEXPECTED_STATUS');
    expect(failure.message).not.toContain('swordfish');
    await expect(client.head('abc')).resolves.toBeNull();
  });

  it.each([
    ['to itself', answer(302, { location: '/v8/artifacts/abc' })],
    ['without a target', answer(302)],
    ['to nonsense', answer(302, { location: 'http://' })],
    ['to another protocol', answer(302, { location: 'file:///etc/passwd' })],
  ])('%s is not followed', async (_what, script) => {
    const server = await bed.startServer(script);
    const failure = await catchLarderError(bed.createClient(server).head('abc'));
    expect(failure.code).toBe('LARDER_HTTP_REDIRECT_REFUSED');
    expect(server.requests).toHaveLength(1);
  });
});
