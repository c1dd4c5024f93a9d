import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { fileBody } from '../artifact-body/file-body.ts';
import { type PutOptions } from '../artifacts-client.ts';
import { answer, readBody, type Script } from '../fixtures/scripted-server.fixture.ts';
import { catchLarderError, chunkedBody, createTestBed } from '../fixtures/test-bed.fixture.ts';

const bed = createTestBed();
afterEach(() => bed.cleanUp());

/** Accepts uploads and keeps what has fully arrived. */
function acceptInto(bodies: Buffer[]): Script {
  return async (request, response) => {
    const body = await readBody(request);
    if (request.complete) bodies.push(body);
    response.writeHead(202, { 'content-type': 'application/json' }).end('{"urls":[]}');
  };
}

describe('put', () => {
  it('is done when the server has one of this hash already', async () => {
    const server = await bed.startServer(answer(409));
    await expect(bed.createClient(server).put('abc', chunkedBody(['hello']))).resolves.toBe(
      undefined,
    );
    expect(server.requests).toHaveLength(1);
  });

  it('sends content, metadata, team and digest', async () => {
    const bodies: Buffer[] = [];
    const server = await bed.startServer(acceptInto(bodies));
    const client = bed.createClient(server, {
      url: `${server.url}/prefix/`,
      teamId: 'team_x',
      slug: 'my team',
      product: 'larder-nx/1.2.3',
      environment: { clientCi: 'GITHUB_ACTIONS', isInteractive: false },
    });

    await client.put('abc', chunkedBody(['hel', 'lo']), {
      durationMs: 1234.6,
      sha: 'f00',
      dirtyHash: 'ba7',
    });

    expect(bodies.map(String)).toEqual(['hello']);
    const [request] = server.requests;
    expect(request?.method).toBe('PUT');
    expect(request?.url).toBe('/prefix/v8/artifacts/abc?teamId=team_x&slug=my+team');
    expect(request?.headers).toMatchObject({
      authorization: 'Bearer secret-token',
      'content-length': '5',
      'content-type': 'application/octet-stream',
      'user-agent': expect.stringMatching(
        /^larder-nx\/1\.2\.3 larder-client\/\S+ node\/\S+$/,
      ) as string,
      'x-artifact-client-ci': 'GITHUB_ACTIONS',
      'x-artifact-client-interactive': '0',
      'x-artifact-duration': '1235',
      'x-artifact-sha': 'f00',
      'x-artifact-dirty-hash': 'ba7',
      'x-artifact-tag': `sha256-${createHash('sha256').update('hello').digest('base64')}`,
    });
    expect(request?.headers).not.toHaveProperty('transfer-encoding');
  });

  it('leaves out what it is not told', async () => {
    const server = await bed.startServer(answer(202));
    await bed
      .createClient(server, { environment: { clientCi: null, isInteractive: true } })
      .put('abc', chunkedBody(['x']));
    const [request] = server.requests;
    expect(request?.url).toBe('/v8/artifacts/abc');
    expect(request?.headers['x-artifact-client-interactive']).toBe('1');
    for (const name of ['duration', 'sha', 'dirty-hash', 'client-ci']) {
      expect(request?.headers).not.toHaveProperty(`x-artifact-${name}`);
    }
  });

  it('signs with the configured team', async () => {
    const server = await bed.startServer(answer(202));
    const client = bed.createClient(server, {
      teamId: 'team_x',
      signatureKey: '0123456789abcdef0123456789abcdef',
    });
    await client.put('0123456789abcdef', chunkedBody(['hello']));
    expect(server.requests[0]?.headers['x-artifact-tag']).toBe(
      'YWt7SdNDOWSw07UOFaDJ9upbyDIwLwuQYNoFMsSxuPY=',
    );
  });

  it('does not read the content once more when the tag is given', async () => {
    const server = await bed.startServer(answer(202));
    const body = chunkedBody(['hello']);
    await bed.createClient(server).put('abc', body, { tag: 'ready-made' });
    expect(body.openCount).toBe(1);
    expect(server.requests[0]?.headers['x-artifact-tag']).toBe('ready-made');
  });

  it('sends an empty content', async () => {
    const bodies: Buffer[] = [];
    const server = await bed.startServer(acceptInto(bodies));
    await bed.createClient(server).put('abc', chunkedBody([]));
    expect(server.requests[0]?.headers['content-length']).toBe('0');
    expect(bodies.map(String)).toEqual(['']);
  });

  it('sends a file of many chunks byte by byte', async () => {
    const bodies: Buffer[] = [];
    const server = await bed.startServer(acceptInto(bodies));
    const content = Buffer.alloc(3_000_001, 'larder');
    const path = join(await bed.makeFolder(), 'artifact');
    await writeFile(path, content);
    await bed.createClient(server).put('abc', fileBody(path, content.length));
    expect(bodies[0]?.equals(content)).toBe(true);
  });

  it.each([200, 201, 202, 204])('takes %i for success', async (status) => {
    const server = await bed.startServer((request, response) => {
      request.resume().on('end', () => response.writeHead(status).end());
    });
    await expect(bed.createClient(server).put('abc', chunkedBody(['x']))).resolves.toBeUndefined();
  });

  it('opens the content anew for each attempt', async () => {
    const bodies: Buffer[] = [];
    const server = await bed.startServer(answer(500), answer(502), acceptInto(bodies));
    const body = chunkedBody(['hel', 'lo']);
    await bed.createClient(server).put('abc', body, { tag: 't' });
    expect(body.openCount).toBe(3);
    expect(bodies.map(String)).toEqual(['hello']);
  });

  // undici leaves a connection alone for one turn of the event loop, hence two that take turns.
  it('reuses its connections', async () => {
    const ports = new Set<number | undefined>();
    const server = await bed.startServer(async (request, response) => {
      ports.add(request.socket.remotePort);
      await readBody(request);
      response.writeHead(202).end('{"urls":[]}');
    });
    const client = bed.createClient(server);
    for (let count = 0; count < 5; count += 1) await client.put('abc', chunkedBody(['x']));
    expect(ports.size).toBeLessThanOrEqual(2);
  });

  describe('of a content that is not as announced', () => {
    it.each([
      ['longer, in one chunk', ['hello!']],
      ['longer, beyond a complete body', ['hello', '!']],
      ['shorter', ['hell']],
      ['empty', []],
    ])('(%s) fails before the server has it all', async (_what, chunks) => {
      const bodies: Buffer[] = [];
      const server = await bed.startServer(acceptInto(bodies));
      const client = bed.createClient(server);
      const error = await catchLarderError(client.put('abc', chunkedBody(chunks, 5), { tag: 't' }));
      expect(error.code).toBe('LARDER_BODY_LENGTH_MISMATCH');
      await client.close();
      await server.close();
      expect(bodies).toEqual([]);
    });

    it.each([
      ['longer', 'hello!'],
      ['shorter', 'hell'],
      ['empty', ''],
    ])('(a file that is %s) fails before the server has it all', async (_what, text) => {
      const bodies: Buffer[] = [];
      const server = await bed.startServer(acceptInto(bodies));
      const client = bed.createClient(server);
      const path = join(await bed.makeFolder(), 'artifact');
      await writeFile(path, text);
      const error = await catchLarderError(client.put('abc', fileBody(path, 5), { tag: 't' }));
      expect(error.code).toBe('LARDER_BODY_LENGTH_MISMATCH');
      await client.close();
      await server.close();
      expect(bodies).toEqual([]);
    });

    it('is not sent at all when the tag has to be computed', async () => {
      const server = await bed.startServer(answer(202));
      const error = await catchLarderError(
        bed.createClient(server).put('abc', chunkedBody(['hello!'], 5)),
      );
      expect(error.code).toBe('LARDER_BODY_LENGTH_MISMATCH');
      expect(server.requests).toEqual([]);
    });

    it.each([-1, 1.5, Number.NaN])('is not sent with the size %p', async (sizeBytes) => {
      const server = await bed.startServer(answer(202));
      const error = await catchLarderError(
        bed.createClient(server).put('abc', chunkedBody(['x'], sizeBytes)),
      );
      expect(error.code).toBe('LARDER_BODY_LENGTH_MISMATCH');
      expect(server.requests).toEqual([]);
    });
  });

  describe('of a content that cannot be read', () => {
    it('fails while the tag is computed', async () => {
      const server = await bed.startServer(answer(202));
      const error = await catchLarderError(
        bed.createClient(server).put('abc', fileBody('/does/not/exist', 5)),
      );
      expect(error.code).toBe('LARDER_BODY_UNREADABLE');
      expect(error.cause).toMatchObject({ code: 'ENOENT' });
    });

    it.each(['an error of the stream', 'an error of opening it'])(
      'fails while it is sent, without another attempt: %s',
      async (kind) => {
        const server = await bed.startServer(answer(202));
        const trouble = new Error('disk on fire');
        const error = await catchLarderError(
          bed.createClient(server).put(
            'abc',
            {
              sizeBytes: 5,
              open() {
                if (kind === 'an error of opening it') throw trouble;
                return Readable.from(
                  (function* () {
                    yield Buffer.from('he');
                    throw trouble;
                  })(),
                );
              },
            },
            { tag: 't' },
          ),
        );
        expect(error.code).toBe('LARDER_BODY_UNREADABLE');
        expect(error.cause).toBe(trouble);
      },
    );
  });

  it.each<[string, PutOptions]>([
    ['durationMs', { durationMs: -1 }],
    ['durationMs', { durationMs: Number.NaN }],
    ['durationMs', { durationMs: Infinity }],
    ['tag', { tag: 'x'.repeat(601) }],
    ['tag', { tag: '' }],
    ['retries', { retries: Number.NaN }],
    ['retries', { retries: -1 }],
    ['sha', { sha: 'a\r\nb' }],
    ['dirtyHash', { dirtyHash: 'ü' }],
  ])('refuses a wrong %s without a request', async (name, options) => {
    const server = await bed.startServer(answer(202));
    const error = await catchLarderError(
      bed.createClient(server).put('abc', chunkedBody(['x']), options),
    );
    expect(error.code).toBe('LARDER_REQUEST_OPTION_INVALID');
    expect(error.message).toContain(name);
    expect(server.requests).toEqual([]);
  });

  it.each(['', '.a', 'a/b', 'a..b', 'a%2fb', 'ä', 'x'.repeat(129), '../status', 'a?b', 'a\n'])(
    'refuses the hash %j without a request',
    async (hash) => {
      const server = await bed.startServer(answer(202));
      const error = await catchLarderError(bed.createClient(server).put(hash, chunkedBody(['x'])));
      expect(error.code).toBe('LARDER_REQUEST_HASH_INVALID');
      expect(server.requests).toEqual([]);
    },
  );

  it('is not redirected', async () => {
    const server = await bed.startServer(answer(307, { location: '/elsewhere' }));
    const error = await catchLarderError(bed.createClient(server).put('abc', chunkedBody(['x'])));
    expect(error.code).toBe('LARDER_HTTP_REDIRECT_REFUSED');
    expect(server.requests).toHaveLength(1);
  });

  it('closes the content when the server answers before it has it all', async () => {
    const server = await bed.startServer((_request, response) => {
      response.writeHead(413, { connection: 'close' }).end();
    });
    let opened: Readable | undefined;
    const error = await catchLarderError(
      bed.createClient(server).put(
        'abc',
        {
          sizeBytes: 2_000_000,
          open() {
            opened = new Readable({ objectMode: true, read: () => undefined });
            opened.push(Buffer.alloc(1000));
            opened.push(Buffer.alloc(1000));
            return opened;
          },
        },
        { tag: 't' },
      ),
    );
    expect(error.code).toBe('LARDER_HTTP_TOO_LARGE');
    expect(opened?.destroyed).toBe(true);
  });
});
