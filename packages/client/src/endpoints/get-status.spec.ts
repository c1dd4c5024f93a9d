import { answer } from '../fixtures/scripted-server.fixture.ts';
import { catchLarderError, createTestBed } from '../fixtures/test-bed.fixture.ts';

const bed = createTestBed();
afterEach(() => bed.cleanUp());

describe('status', () => {
  it.each(['enabled', 'disabled', 'over_limit', 'paused'])('reads %s', async (status) => {
    const server = await bed.startServer(
      answer(200, {}, JSON.stringify({ status })),
      answer(200, {}, JSON.stringify(status)),
    );
    const client = bed.createClient(server, { slug: 's' });
    await expect(client.status()).resolves.toBe(status);
    await expect(client.status()).resolves.toBe(status);
    expect(server.requests[0]?.url).toBe('/v8/artifacts/status?slug=s');
  });

  it.each([404, 405, 501])('says that a server answering %i does not have it', async (status) => {
    const server = await bed.startServer(answer(status));
    const error = await catchLarderError(bed.createClient(server).status());
    expect(error.code).toBe('LARDER_HTTP_ENDPOINT_UNKNOWN');
    expect(server.requests).toHaveLength(1);
  });

  it.each([
    ['an unknown status', '{"status":"sleepy"}'],
    ['a list', '["enabled"]'],
    ['null', 'null'],
    ['more than 64 kB', `{"status":"enabled"${' '.repeat(70_000)}}`],
  ])('refuses %s', async (_what, body) => {
    const server = await bed.startServer(answer(200, {}, body));
    const error = await catchLarderError(bed.createClient(server).status());
    expect(error.code).toBe('LARDER_HTTP_ANSWER_MALFORMED');
    expect(server.requests).toHaveLength(1);
  });
});
