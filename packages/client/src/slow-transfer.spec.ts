import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bufferBody } from './artifact-body/buffer-body.ts';
import { fileBody } from './artifact-body/file-body.ts';
import { type ArtifactBody } from './artifacts-client.ts';
import { catchLarderError, chunkedBody, createTestBed } from './fixtures/test-bed.fixture.ts';

const bed = createTestBed();
afterEach(() => bed.cleanUp());

describe('a slow transfer', () => {
  it('is not what an answer is that has arrived while the process was too busy to see it', async () => {
    const server = await bed.startServer((_request, response) => {
      response.writeHead(200, { 'content-length': 5 });
      response.end('hello', () => {
        const until = performance.now() + 300;
        while (performance.now() < until);
      });
    });
    const client = bed.createClient(server, { firstByteTimeoutMs: 150, stallTimeoutMs: 150 });
    await expect(bed.download(client)).resolves.toBe('hello');
    expect(server.requests).toHaveLength(1);
  });

  it('may take longer than every time-out as long as bytes arrive', async () => {
    const server = await bed.startServer((_request, response) => {
      response.writeHead(200, { 'content-length': 30 });
      let sent = 0;
      const timer = setInterval(() => {
        response.write('x');
        sent += 1;
        if (sent === 30) clearInterval(timer);
      }, 20);
    });
    const client = bed.createClient(server, { firstByteTimeoutMs: 300, stallTimeoutMs: 300 });
    await expect(bed.download(client)).resolves.toHaveLength(30);
  });

  it('is not given up while the server answers others', async () => {
    const server = await bed.startServer((request, response) => {
      if (request.url?.endsWith('slow') === true)
        setTimeout(() => response.writeHead(404).end(), 450);
      else response.writeHead(404).end();
    });
    const client = bed.createClient(server, { firstByteTimeoutMs: 200 });
    const slowOne = { isOver: false };
    const slow = client.head('slow', { retries: 0 }).finally(() => {
      slowOne.isOver = true;
    });
    while (!slowOne.isOver) await client.head('quick', { retries: 4 });
    await expect(slow).resolves.toBeNull();
  });

  it('is given up in the end, although the server answers others', async () => {
    const server = await bed.startServer((request, response) => {
      if (request.url?.endsWith('silent') !== true) response.writeHead(404).end();
    });
    const client = bed.createClient(server, { firstByteTimeoutMs: 50 });
    const slowOne = { isOver: false };
    const silent = catchLarderError(client.head('silent', { retries: 0 })).finally(() => {
      slowOne.isOver = true;
    });
    while (!slowOne.isOver) await client.head('quick', { retries: 4 });
    expect((await silent).code).toBe('LARDER_TIMEOUT_FIRST_BYTE');
  });

  it('fails when the server stops reading an upload', async () => {
    const server = await bed.startServer((request) => {
      request.pause();
    });
    const client = bed.createClient(server, { stallTimeoutMs: 100 });
    const chunks = Array.from({ length: 400 }, () => Buffer.alloc(65_536));
    const { code } = await catchLarderError(
      client.put('abc', chunkedBody(chunks), { tag: 't', retries: 0 }),
    );
    expect(code).toBe('LARDER_TIMEOUT_STALL');
  });

  it.each<[string, (content: Buffer) => Promise<ArtifactBody> | ArtifactBody]>([
    ['a buffer', (content) => bufferBody(content)],
    ['a file', (content) => writeToFile(content)],
  ])('of %s may take longer than every time-out as long as it is read', async (_what, makeBody) => {
    const content = Buffer.from(Uint32Array.from({ length: 4_000_000 }, (_, i) => i).buffer);
    const received: Buffer[] = [];
    const server = await bed.startServer((request, response) => {
      request.on('data', (chunk: Buffer) => {
        received.push(chunk);
        request.pause();
        setTimeout(() => request.resume(), 3);
      });
      request.on('end', () => response.writeHead(202).end());
    });
    const client = bed.createClient(server, { firstByteTimeoutMs: 600, stallTimeoutMs: 600 });
    await client.put('abc', await makeBody(content), { tag: 't', retries: 0 });
    expect(Buffer.concat(received).equals(content)).toBe(true);
  });
});

async function writeToFile(content: Buffer): Promise<ArtifactBody> {
  const path = join(await bed.makeFolder(), 'artifact');
  await writeFile(path, content);
  return fileBody(path, content.length);
}
