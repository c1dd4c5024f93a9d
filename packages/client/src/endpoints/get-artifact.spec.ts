import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { answer, type Script } from '../fixtures/scripted-server.fixture.ts';
import { catchLarderError, createTestBed, listFolder } from '../fixtures/test-bed.fixture.ts';
import { createArtifactTag } from '../signature/create-artifact-tag.ts';

const signatureKey = '0123456789abcdef0123456789abcdef';
const bed = createTestBed();
afterEach(() => bed.cleanUp());

async function digestOf(body: Buffer): Promise<string> {
  return createArtifactTag(Readable.from([body]), { hash: 'abc', sizeBytes: body.length });
}

/** Answers in pieces of `size` bytes, with or without announcing the length. */
function answerInPieces(body: Buffer, size: number, headers: Record<string, string>): Script {
  return async (_request, response) => {
    response.writeHead(200, headers);
    for (let start = 0; start < body.length; start += size) {
      response.write(body.subarray(start, start + size));
      await new Promise(setImmediate);
    }
    response.end();
  };
}

const breakOff: Script = (request, response) => {
  response.writeHead(200, { 'content-length': 10 });
  response.write('hello', () => request.socket.destroy());
};

describe('get', () => {
  it('gives content and metadata of a hit', async () => {
    const server = await bed.startServer(
      answer(
        200,
        {
          'x-artifact-duration': '1500',
          'x-artifact-tag': 'opaque',
          'x-artifact-sha': 'f00',
          'x-artifact-dirty-hash': 'ba7',
        },
        'hello',
      ),
    );
    const client = bed.createClient(server, {
      teamId: 'team_x',
      environment: { clientCi: 'GITLAB', isInteractive: false },
    });
    const artifact = await client.get('abc');
    expect(artifact?.metadata).toEqual({
      sizeBytes: 5,
      durationMs: 1500,
      tag: 'opaque',
      sha: 'f00',
      dirtyHash: 'ba7',
    });
    expect(String(await buffer(artifact!.body))).toBe('hello');
    expect(server.requests[0]).toMatchObject({
      method: 'GET',
      url: '/v8/artifacts/abc?teamId=team_x',
      headers: {
        authorization: 'Bearer secret-token',
        'accept-encoding': 'identity',
        'x-artifact-client-ci': 'GITLAB',
        'x-artifact-client-interactive': '0',
      },
    });
  });

  it('gives null for 404, and only for that', async () => {
    const server = await bed.startServer(answer(404), answer(410), answer(204));
    const client = bed.createClient(server);
    await expect(client.get('abc')).resolves.toBeNull();
    for (let count = 0; count < 2; count += 1) {
      const error = await catchLarderError(client.get('abc'));
      expect(error.code).toBe('LARDER_HTTP_UNEXPECTED_STATUS');
    }
  });

  it.each([
    ['12.5', 13],
    ['-1', 0],
    ['abc', 0],
    ['', 0],
    ['1e400', 0],
  ])('reads the duration %j as %i', async (duration, expected) => {
    const server = await bed.startServer(answer(200, { 'x-artifact-duration': duration }, 'x'));
    const artifact = await bed.createClient(server).get('abc');
    expect(artifact?.metadata.durationMs).toBe(expected);
    await buffer(artifact!.body);
  });

  it.each([1, 7, 4096])('verifies a digest that arrives %i bytes at a time', async (size) => {
    const body = Buffer.alloc(2000, 'larder');
    const headers = { 'content-length': '2000', 'x-artifact-tag': await digestOf(body) };
    const server = await bed.startServer(answerInPieces(body, size, headers));
    const artifact = await bed.createClient(server).get('abc');
    expect((await buffer(artifact!.body)).equals(body)).toBe(true);
  });

  it('verifies a digest of unannounced length', async () => {
    const body = Buffer.from('hello');
    const headers = { 'x-artifact-tag': await digestOf(body) };
    const server = await bed.startServer(answerInPieces(body, 2, headers));
    const artifact = await bed.createClient(server).get('abc');
    expect(artifact?.metadata.sizeBytes).toBeNull();
    expect(String(await buffer(artifact!.body))).toBe('hello');
  });

  it.each([100_000, 1_000_000])(
    'hands on nothing of %i bytes with a flipped bit',
    async (sizeBytes) => {
      const body = Buffer.alloc(sizeBytes, 'larder');
      const tag = await digestOf(body);
      body.writeUInt8(body.readUInt8(70_000) ^ 1, 70_000);
      const server = await bed.startServer(answer(200, { 'x-artifact-tag': tag }, body));
      const error = await catchLarderError(bed.createClient(server).get('abc'));
      expect(error.code).toBe('LARDER_DIGEST_MISMATCH');
      expect(server.requests).toHaveLength(1);
    },
  );

  it('ends a small one with the client as well', async () => {
    const server = await bed.startServer(answer(200, {}, 'hello'));
    const client = bed.createClient(server);
    const artifact = await client.get('abc');
    await client.close();
    expect((await catchLarderError(buffer(artifact!.body))).code).toBe('LARDER_CLIENT_CLOSED');
  });

  it('starts again when a content breaks off', async () => {
    const server = await bed.startServer(breakOff, answer(200, {}, 'hello'));
    const artifact = await bed.createClient(server).get('abc');
    expect(String(await buffer(artifact!.body))).toBe('hello');
    expect(server.requests).toHaveLength(2);
  });

  describe('with a signature key', () => {
    const body = Buffer.from('hello');
    const options = { teamId: 'team_x', signatureKey };

    async function signed(hash = 'abc'): Promise<string> {
      return createArtifactTag(Readable.from([body]), { hash, sizeBytes: 5, ...options });
    }

    it('gives a signed artifact', async () => {
      const server = await bed.startServer(answer(200, { 'x-artifact-tag': await signed() }, body));
      const artifact = await bed.createClient(server, options).get('abc');
      expect(String(await buffer(artifact!.body))).toBe('hello');
    });

    it('refuses an artifact that was signed under another hash', async () => {
      const tag = await signed('abd');
      const server = await bed.startServer(answer(200, { 'x-artifact-tag': tag }, body));
      const error = await catchLarderError(bed.createClient(server, options).get('abc'));
      expect(error.code).toBe('LARDER_SIGNATURE_MISMATCH');
    });

    it('refuses an unsigned artifact before its content', async () => {
      const server = await bed.startServer(answer(200, {}, body));
      const error = await catchLarderError(bed.createClient(server, options).get('abc'));
      expect(error.code).toBe('LARDER_SIGNATURE_MISSING');
      expect(server.requests).toHaveLength(1);
    });

    it('gives a signed artifact of unannounced length', async () => {
      const headers = { 'x-artifact-tag': await signed() };
      const server = await bed.startServer(answerInPieces(body, 2, headers));
      const artifact = await bed.createClient(server, options).get('abc');
      expect(String(await buffer(artifact!.body))).toBe('hello');
    });
  });

  it('refuses an encoded content', async () => {
    const server = await bed.startServer(answer(200, { 'content-encoding': 'gzip' }, 'hello'));
    const error = await catchLarderError(bed.createClient(server).get('abc'));
    expect(error.code).toBe('LARDER_HTTP_ANSWER_MALFORMED');
  });

  it('refuses a content that only the end of the connection would end', async () => {
    const server = await bed.startServer((request) => {
      request.socket.end('HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello');
    });
    const error = await catchLarderError(bed.createClient(server).get('abc'));
    expect(error.code).toBe('LARDER_HTTP_ANSWER_MALFORMED');
  });

  describe('with its temporary file', () => {
    let folder: string;

    beforeEach(async () => {
      folder = await bed.makeFolder();
    });

    it.each<[string, (body: Readable) => unknown]>([
      ['was read to its end', (body) => buffer(body)],
      ['was let go of', (body) => body.destroy()],
    ])('leaves nothing behind when it %s', async (_what, use) => {
      const server = await bed.startServer(answer(200, {}, Buffer.alloc(1_000_000, 'larder')));
      const client = bed.createClient(server, { temporaryDirectory: folder });
      const artifact = await client.get('abc');
      await use(artifact!.body);
      await client.close();
      expect(artifact?.body.closed).toBe(true);
      expect(await listFolder(folder)).toEqual([]);
    });

    it.each<[string, Script]>([
      ['a miss', answer(404)],
      [
        'a wrong tag',
        answer(200, { 'x-artifact-tag': 'sha256-wrong' }, Buffer.alloc(1_000_000, 'larder')),
      ],
      ['a server in trouble', answer(500)],
    ])('leaves nothing behind after %s', async (_what, script) => {
      const server = await bed.startServer(script);
      await bed
        .createClient(server, { temporaryDirectory: folder, breaker: { failureThreshold: 9 } })
        .get('abc')
        .catch(() => null);
      expect(await listFolder(folder)).toEqual([]);
    });

    it('ends with the client, which tells the reader so', async () => {
      const server = await bed.startServer(answer(200, {}, Buffer.alloc(1_000_000, 'larder')));
      const client = bed.createClient(server, { temporaryDirectory: folder });
      const artifact = await client.get('abc');
      const reading = catchLarderError(buffer(artifact!.body));
      await client.close();
      expect((await reading).code).toBe('LARDER_CLIENT_CLOSED');
      expect(await listFolder(folder)).toEqual([]);
    });

    it('says so when it cannot be written', async () => {
      const server = await bed.startServer(answer(200, {}, Buffer.alloc(1_000_000, 'larder')));
      const client = bed.createClient(server, { temporaryDirectory: join(folder, 'missing') });
      const error = await catchLarderError(client.get('abc'));
      expect(error.code).toBe('LARDER_FILE_WRITE_FAILED');
      expect(server.requests).toHaveLength(1);
    });

    it('is not needed for a small one', async () => {
      const server = await bed.startServer(answer(200, {}, 'hello'));
      const client = bed.createClient(server, { temporaryDirectory: join(folder, 'missing') });
      const artifact = await client.get('abc');
      expect(String(await buffer(artifact!.body))).toBe('hello');
    });
  });

  it('holds no connection while its reader takes its time', async () => {
    const server = await bed.startServer(answer(200, {}, Buffer.alloc(4_000_000, 'larder')));
    const client = bed.createClient(server, { maxConnections: 1 });
    const artifact = await client.get('abc');
    const second = await client.get('abc');
    expect(await buffer(second!.body)).toHaveLength(4_000_000);
    expect(await buffer(artifact!.body)).toHaveLength(4_000_000);
  });
});
