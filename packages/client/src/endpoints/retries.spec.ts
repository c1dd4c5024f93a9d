import { answer } from '../fixtures/scripted-server.fixture.ts';
import { catchLarderError, chunkedBody, createTestBed } from '../fixtures/test-bed.fixture.ts';

const bed = createTestBed();
afterEach(() => bed.cleanUp());

describe('retries', () => {
  it('are none when none are wanted', async () => {
    const server = await bed.startServer(answer(503), answer(404));
    const { code } = await catchLarderError(bed.createClient(server).head('abc', { retries: 0 }));
    expect(code).toBe('LARDER_HTTP_SERVER_ERROR');
    expect(server.requests).toHaveLength(1);
  });

  it('come after longer and longer waits, or when the server asks for them', async () => {
    const server = await bed.startServer(
      answer(500),
      answer(429, { 'retry-after': '3' }),
      answer(503, { 'retry-after': '3600' }),
      answer(500),
      answer(202),
    );
    const client = bed.createClient(server, { breaker: { failureThreshold: 9 } });
    await client.put('abc', chunkedBody(['hello']), { tag: 't' });
    expect(bed.runtime.sleeps).toEqual([125, 3_000, 10_000, 1_000]);
  });
});
