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
});
