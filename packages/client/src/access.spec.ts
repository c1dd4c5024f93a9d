import { type ArtifactsClient } from './artifacts-client.ts';
import { answer, refuse } from './fixtures/scripted-server.fixture.ts';
import { catchLarderError, chunkedBody, createTestBed } from './fixtures/test-bed.fixture.ts';

const bed = createTestBed();
afterEach(() => bed.cleanUp());

const put = (client: ArtifactsClient) => client.put('abc', chunkedBody(['hello']), { tag: 't' });

describe('a refusal', () => {
  it.each([
    ['401', refuse(401, 'unauthorized'), 'LARDER_ACCESS_UNAUTHORIZED'],
    ['401 without explanation', answer(401), 'LARDER_ACCESS_UNAUTHORIZED'],
    ['disabled', refuse(403, 'remote_caching_disabled'), 'LARDER_ACCESS_CACHING_DISABLED'],
    ['over limit', refuse(403, 'remote_caching_over_limit'), 'LARDER_ACCESS_CACHING_OVER_LIMIT'],
    ['paused', refuse(403, 'remote_caching_paused'), 'LARDER_ACCESS_CACHING_PAUSED'],
    ['unheard of', refuse(403, 'remote_caching_tired'), 'LARDER_ACCESS_CACHING_UNAVAILABLE'],
    [
      'flat',
      answer(403, {}, '{"code":"remote_caching_disabled","message":"Because."}'),
      'LARDER_ACCESS_CACHING_DISABLED',
    ],
  ])('(%s) ends all requests', async (_what, script, code) => {
    const server = await bed.startServer(script);
    const client = bed.createClient(server);
    const first = await catchLarderError(client.get('abc'));
    expect(first.code).toBe(code);
    const body = chunkedBody(['x']);
    for (const call of [
      () => client.put('b', body),
      () => bed.download(client),
      () => client.status(),
    ]) {
      const later = await catchLarderError(call());
      expect(later.code).toBe(code);
      expect(later.cause).toBe(first);
    }
    expect(body.openCount).toBe(0);
    expect(server.requests).toHaveLength(1);
  });

  it.each([402, 413])('of one upload (%i) ends no other request', async (status) => {
    const server = await bed.startServer(answer(status), answer(202), answer(404));
    const client = bed.createClient(server);
    await catchLarderError(put(client));
    await put(client);
    expect(await client.head('abc')).toBeNull();
  });

  it('to write ends the uploads only', async () => {
    const server = await bed.startServer(refuse(403, 'forbidden'), answer(404));
    const client = bed.createClient(server);
    for (let count = 0; count < 2; count += 1) {
      expect((await catchLarderError(put(client))).code).toBe('LARDER_ACCESS_WRITE_FORBIDDEN');
    }
    await expect(client.head('abc')).resolves.toBeNull();
    expect(server.requests.map(({ method }) => method)).toEqual(['PUT', 'HEAD']);
  });

  it.each([
    ['to read', refuse(403, 'forbidden')],
    ['for an unknown reason', refuse(403, 'tuesday')],
    ['without a reason', answer(403)],
    ['in HTML', answer(403, {}, '<html>Blocked</html>')],
    [
      'at great length',
      answer(403, {}, `{"error":{"code":"remote_caching_disabled"}}`.padEnd(70_000)),
    ],
  ])('%s is about that one request', async (_what, script) => {
    const server = await bed.startServer(script, answer(404));
    const client = bed.createClient(server);
    expect((await catchLarderError(client.get('abc'))).code).toBe('LARDER_ACCESS_FORBIDDEN');
    await expect(client.head('abc')).resolves.toBeNull();
  });

  it('of endless length is not read to its end', async () => {
    let writtenBytes = 0;
    let isGone = false;
    const server = await bed.startServer((request, response) => {
      request.socket.on('close', () => {
        isGone = true;
      });
      response.writeHead(403);
      const write = (): void => {
        if (isGone) return;
        writtenBytes += 16_384;
        response.write(Buffer.alloc(16_384, 'x'), () => setImmediate(write));
      };
      write();
    });
    expect((await catchLarderError(bed.download(bed.createClient(server)))).code).toBe(
      'LARDER_ACCESS_FORBIDDEN',
    );
    expect(writtenBytes).toBeLessThan(8_000_000);
  });

  it('is repeated in the message, but not the token', async () => {
    const server = await bed.startServer(
      answer(400, {}, '{"error":{"code":"bad","message":"I do not like secret-token."}}'),
    );
    const { message, hint } = await catchLarderError(
      bed.createClient(server, { teamId: 'team_x' }).status(),
    );
    expect(message).toBe(
      `GET ${server.url}/v8/artifacts/status was answered with 400 (bad: I do not like ***.)`,
    );
    expect(hint).toContain('teamId');
  });
});
