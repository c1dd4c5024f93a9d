import { breakOff } from './fixtures/broken-answers.fixture.ts';
import { answer, hang } from './fixtures/scripted-server.fixture.ts';
import { catchLarderError, chunkedBody, createTestBed } from './fixtures/test-bed.fixture.ts';

const bed = createTestBed();
afterEach(() => bed.cleanUp());

describe('an outage', () => {
  it('is seen at the first attempt when no server has ever answered', async () => {
    const server = await bed.startServer(hang);
    await server.close();
    const client = bed.createClient(server);
    const failure = await catchLarderError(client.get('abc'));
    expect(failure.code).toBe('LARDER_CONNECT_FAILED');
    expect(failure.message).toContain(`GET ${server.url}/v8/artifacts/abc`);
    expect(failure.message).toContain('ECONNREFUSED');
    const second = await catchLarderError(client.get('abc'));
    expect(second.code).toBe('LARDER_OUTAGE_BREAKER_OPEN');
    expect(second.cause).toBe(failure);
  });

  it('ends the requests after three failures in a row, and a probe after the cool-down', async () => {
    const server = await bed.startServer(
      answer(404),
      answer(500),
      answer(500),
      answer(500),
      answer(500),
      answer(404),
    );
    const client = bed.createClient(server);
    await client.head('a');
    expect((await catchLarderError(client.head('b'))).code).toBe('LARDER_HTTP_SERVER_ERROR');
    expect(server.requests).toHaveLength(4);

    expect((await catchLarderError(client.head('c'))).code).toBe('LARDER_OUTAGE_BREAKER_OPEN');
    const body = chunkedBody(['x']);
    expect((await catchLarderError(client.put('c', body))).code).toBe('LARDER_OUTAGE_BREAKER_OPEN');
    expect(body.openCount).toBe(0);
    expect(server.requests).toHaveLength(4);

    bed.runtime.advance(30_000);
    expect((await catchLarderError(client.head('d'))).code).toBe('LARDER_HTTP_SERVER_ERROR');
    expect(server.requests).toHaveLength(5);

    bed.runtime.advance(30_000);
    await expect(client.head('e')).resolves.toBeNull();
    await expect(client.head('f')).resolves.toBeNull();
  });

  it('is not what wrong tags and refusals are', async () => {
    const server = await bed.startServer(
      answer(200, { 'x-artifact-tag': 'sha256-wrong' }, 'hello'),
    );
    const client = bed.createClient(server, { breaker: { failureThreshold: 1 } });
    for (let count = 0; count < 5; count += 1) await catchLarderError(bed.download(client));
    expect(server.requests).toHaveLength(5);
  });

  it('is what bodies are that break off again and again', async () => {
    const server = await bed.startServer(breakOff);
    const client = bed.createClient(server);
    expect((await catchLarderError(bed.download(client))).code).toBe('LARDER_CONNECTION_LOST');
    expect((await catchLarderError(bed.download(client))).code).toBe('LARDER_OUTAGE_BREAKER_OPEN');
    expect(server.requests).toHaveLength(3);
  });
});
