import { answer } from '../fixtures/scripted-server.fixture.ts';
import { createTestBed } from '../fixtures/test-bed.fixture.ts';

const bed = createTestBed();
afterEach(() => bed.cleanUp());

describe('head', () => {
  it('gives the metadata of an artifact', async () => {
    const headers = { 'content-length': 12345, 'x-artifact-duration': '7', 'x-artifact-tag': 't' };
    const server = await bed.startServer(answer(200, headers));
    await expect(bed.createClient(server).head('abc')).resolves.toEqual({
      sizeBytes: 12345,
      durationMs: 7,
      tag: 't',
      sha: null,
      dirtyHash: null,
    });
    expect(server.requests[0]?.method).toBe('HEAD');
  });

  it('gives null when there is none', async () => {
    const server = await bed.startServer(answer(404));
    await expect(bed.createClient(server).head('abc')).resolves.toBeNull();
  });

  it('does not expect a content', async () => {
    const server = await bed.startServer((_request, response) => {
      response.writeHead(200).end();
    });
    const metadata = await bed.createClient(server).head('abc');
    expect(metadata?.sizeBytes).toBeNull();
  });

  // undici leaves a connection alone for one turn of the event loop, hence two that take turns.
  it('reuses its connections', async () => {
    const ports = new Set<number | undefined>();
    const server = await bed.startServer((request, response) => {
      ports.add(request.socket.remotePort);
      response.writeHead(200, { 'content-length': 5 }).end();
    });
    const client = bed.createClient(server);
    for (let count = 0; count < 5; count += 1) await client.head('abc');
    expect(ports.size).toBeLessThanOrEqual(2);
  });

  it('is not confused by a content that nobody may send', async () => {
    const server = await bed.startServer((request) => {
      request.socket.write('HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello');
    });
    const client = bed.createClient(server);
    for (let count = 0; count < 3; count += 1) {
      await expect(client.head('abc')).resolves.toMatchObject({ sizeBytes: 5 });
    }
  });
});
