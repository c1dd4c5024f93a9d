import { answer } from '../fixtures/scripted-server.fixture.ts';
import { catchLarderError, chunkedBody, createTestBed } from '../fixtures/test-bed.fixture.ts';

const bed = createTestBed();
afterEach(() => bed.cleanUp());

describe('deleteAll', () => {
  it('tells how many artifacts of the team there were', async () => {
    const server = await bed.startServer(answer(200, {}, '{"deletedCount":17}'));
    await expect(bed.createClient(server, { teamId: 'team_x' }).deleteAll()).resolves.toBe(17);
    expect(server.requests[0]).toMatchObject({
      method: 'DELETE',
      url: '/v8/artifacts?teamId=team_x',
    });
  });

  it.each([404, 405, 501])('says that a server answering %i does not have it', async (status) => {
    const server = await bed.startServer(answer(status));
    const { code, message } = await catchLarderError(bed.createClient(server).deleteAll());
    expect(code).toBe('LARDER_HTTP_ENDPOINT_UNKNOWN');
    expect(message).toContain(`DELETE ${server.url}/v8/artifacts`);
    expect(server.requests).toHaveLength(1);
  });

  it.each(['{}', '{"deletedCount":"17"}', '{"deletedCount":1.5}', '17', ''])(
    'refuses the answer %j',
    async (body) => {
      const server = await bed.startServer(answer(200, {}, body));
      const { code } = await catchLarderError(bed.createClient(server).deleteAll());
      expect(code).toBe('LARDER_HTTP_ANSWER_MALFORMED');
    },
  );

  it('that is forbidden is about itself: a token that may not delete may still upload', async () => {
    const server = await bed.startServer(
      answer(403, {}, '{"error":{"code":"forbidden","message":"No."}}'),
      answer(202),
    );
    const client = bed.createClient(server);
    const { code } = await catchLarderError(client.deleteAll());
    expect(code).toBe('LARDER_ACCESS_FORBIDDEN');
    await client.put('abc', chunkedBody(['x']));
  });

  it('is not redirected', async () => {
    const server = await bed.startServer(answer(307, { location: '/elsewhere' }));
    const { code } = await catchLarderError(bed.createClient(server).deleteAll());
    expect(code).toBe('LARDER_HTTP_REDIRECT_REFUSED');
    expect(server.requests).toHaveLength(1);
  });
});
