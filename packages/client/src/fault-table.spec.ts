import { type AddressInfo, createServer, type Server } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { type ArtifactsClient } from './artifacts-client.ts';
import { type ArtifactsClientOptions } from './client-options.ts';
import { answer, hang, reset, type Script } from './fixtures/scripted-server.fixture.ts';
import { catchLarderError, chunkedBody, createTestBed } from './fixtures/test-bed.fixture.ts';

// What can go wrong on the way: for each kind of trouble the code that the caller gets, and how
// many requests the server saw. None may take longer than its time-outs and repetitions.

const bed = createTestBed();
afterEach(() => bed.cleanUp());

const error = (status: number, code: string): Script =>
  answer(status, {}, JSON.stringify({ error: { code, message: 'Because.' } }));

const breakOffBody: Script = (request, response) => {
  response.writeHead(200, { 'content-length': 10 });
  response.write('hello', () => request.socket.destroy());
};

const stallBody: Script = (_request, response) => {
  response.writeHead(200, { 'content-length': 10 });
  response.write('hello');
};

const sendGarbage: Script = (request) => {
  request.socket.end('SSH-2.0-OpenSSH_9.2p1\r\n');
};

const throttle: Script = answer(429, { 'retry-after': '3' });

async function getAll(client: ArtifactsClient): Promise<string | null> {
  const artifact = await client.get('abc');
  return artifact === null ? null : String(await buffer(artifact.body));
}

const put = (client: ArtifactsClient) => client.put('abc', chunkedBody(['hello']), { tag: 't' });

// So that what is counted are the retries alone.
const patient = { failureThreshold: 99, coldFailureThreshold: 99 };
const quick: Partial<ArtifactsClientOptions> = {
  firstByteTimeoutMs: 100,
  stallTimeoutMs: 100,
  breaker: patient,
};

interface Fault {
  what: string;
  scripts: Script[];
  code: string;
  gets: number;
  puts?: number;
}

/** The LarderError that the promise rejects with, in time: nothing may hang. */
async function within(limitMs: number, promise: Promise<unknown>) {
  const startedAt = performance.now();
  const failure = await catchLarderError(promise);
  expect(performance.now() - startedAt).toBeLessThan(limitMs);
  return failure;
}

describe('a fault', () => {
  it.each<Fault>([
    { what: 'silence', scripts: [hang], code: 'LARDER_TIMEOUT_FIRST_BYTE', gets: 3, puts: 5 },
    { what: 'a reset', scripts: [reset], code: 'LARDER_CONNECTION_LOST', gets: 3, puts: 5 },
    { what: '500', scripts: [answer(500)], code: 'LARDER_HTTP_SERVER_ERROR', gets: 3, puts: 5 },
    { what: '503', scripts: [answer(503)], code: 'LARDER_HTTP_SERVER_ERROR', gets: 3, puts: 5 },
    {
      what: '501',
      scripts: [answer(501)],
      code: 'LARDER_HTTP_UNEXPECTED_STATUS',
      gets: 1,
      puts: 1,
    },
    { what: '408', scripts: [answer(408)], code: 'LARDER_HTTP_REQUEST_TIMEOUT', gets: 3, puts: 5 },
    { what: '429', scripts: [throttle], code: 'LARDER_HTTP_THROTTLED', gets: 3, puts: 5 },
    {
      what: '429 that does not say when to come back',
      scripts: [answer(429)],
      code: 'LARDER_HTTP_THROTTLED',
      gets: 3,
      puts: 5,
    },
    { what: '400', scripts: [answer(400)], code: 'LARDER_HTTP_BAD_REQUEST', gets: 1, puts: 1 },
    {
      what: '409 to a download',
      scripts: [answer(409)],
      code: 'LARDER_HTTP_UNEXPECTED_STATUS',
      gets: 1,
    },
    {
      what: '402',
      scripts: [error(402, 'payment_required')],
      code: 'LARDER_ACCESS_PAYMENT_REQUIRED',
      gets: 1,
      puts: 1,
    },
    { what: '413', scripts: [answer(413)], code: 'LARDER_HTTP_TOO_LARGE', gets: 1, puts: 1 },
    {
      what: 'something that is not HTTP',
      scripts: [sendGarbage],
      code: 'LARDER_HTTP_ANSWER_MALFORMED',
      gets: 1,
      puts: 1,
    },
    {
      what: 'a wrong tag',
      scripts: [answer(200, { 'x-artifact-tag': 'sha256-wrong' }, 'hello')],
      code: 'LARDER_DIGEST_MISMATCH',
      gets: 1,
    },
    // Once the head of a hit is there, get leaves it to its caller to try again.
    {
      what: 'a body that breaks off',
      scripts: [breakOffBody],
      code: 'LARDER_CONNECTION_LOST',
      gets: 1,
    },
    { what: 'a body that stalls', scripts: [stallBody], code: 'LARDER_TIMEOUT_STALL', gets: 1 },
  ])('by $what is $code', async ({ scripts, code, gets, puts }) => {
    const reading = await bed.startServer(...scripts);
    const failure = await within(20_000, getAll(bed.createClient(reading, quick)));
    expect(failure.code).toBe(code);
    expect(reading.requests).toHaveLength(gets);
    if (puts === undefined) return;

    const writing = await bed.startServer(...scripts);
    expect((await within(20_000, put(bed.createClient(writing, quick)))).code).toBe(code);
    expect(writing.requests).toHaveLength(puts);
  });

  it.each<[string, Script]>([
    ['503', answer(503)],
    ['429', throttle],
    ['a reset', reset],
    ['silence', hang],
  ])('by %s is survived when the next attempt succeeds', async (_what, script) => {
    const server = await bed.startServer(script, answer(200, {}, 'hello'));
    await expect(getAll(bed.createClient(server, quick))).resolves.toBe('hello');
    expect(server.requests).toHaveLength(2);
  });

  it('is not survived when no retry is wanted', async () => {
    const server = await bed.startServer(answer(503), answer(404));
    const { code } = await catchLarderError(bed.createClient(server).head('abc', { retries: 0 }));
    expect(code).toBe('LARDER_HTTP_SERVER_ERROR');
    expect(server.requests).toHaveLength(1);
  });

  it('makes the client wait longer and longer, or as long as the server asks for', async () => {
    const server = await bed.startServer(
      answer(500),
      answer(429, { 'retry-after': '3' }),
      answer(503, { 'retry-after': '3600' }),
      answer(500),
      answer(202),
    );
    await put(bed.createClient(server, { breaker: patient }));
    expect(bed.runtime.sleeps).toEqual([125, 3_000, 10_000, 1_000]);
  });

  it('without a server is a failed connection, and one attempt is enough to see it', async () => {
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

  it('of name resolution is a failed connection', async () => {
    const client = bed.createClient({ url: 'http://cache.invalid' }, { breaker: patient });
    const failure = await within(20_000, client.head('abc'));
    expect(failure.code).toBe('LARDER_CONNECT_FAILED');
    expect(failure.message).toMatch(/ENOTFOUND|EAI_AGAIN/);
  });

  it.each<[string, Script, string]>([
    [
      'too short a body',
      (_request, response) => {
        response.writeHead(200, { 'content-length': 10 });
        response.write('hello', () => response.socket?.end());
      },
      'LARDER_CONNECTION_LOST',
    ],
    [
      'a gzip-encoded body',
      answer(200, { 'content-encoding': 'gzip' }, 'hello'),
      'LARDER_HTTP_ANSWER_MALFORMED',
    ],
  ])('by %s never passes for a right answer', async (_what, script, code) => {
    const server = await bed.startServer(script);
    const failure = await within(10_000, getAll(bed.createClient(server, quick)));
    expect(failure.code).toBe(code);
    expect(server.requests).toHaveLength(1);
  });

  it('it is not that more follows than was announced, which belongs to nobody', async () => {
    const server = await bed.startServer((request) => {
      request.socket.end('HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nhello');
    });
    await expect(getAll(bed.createClient(server, quick))).resolves.toBe('hel');
  });

  it('it is not that a body arrives byte by byte', async () => {
    const server = await bed.startServer(async (_request, response) => {
      response.writeHead(200, { 'content-length': 5 });
      for (const byte of 'hello') await new Promise((sent) => response.write(byte, sent));
      response.end();
    });
    await expect(getAll(bed.createClient(server))).resolves.toBe('hello');
  });

  it('by 100 MB for a status costs no more than the beginning of it', async () => {
    let sentBytes = 0;
    const server = await bed.startServer((request, response) => {
      const chunk = Buffer.alloc(100_000, ' ');
      const send = (): void => {
        while (sentBytes < 100_000_000) {
          sentBytes += chunk.length;
          if (!response.write(chunk)) {
            response.once('drain', send);
            return;
          }
        }
        response.end('{"status":"enabled"}');
      };
      request.resume();
      send();
    });
    const failure = await within(20_000, bed.createClient(server).status());
    expect(failure.code).toBe('LARDER_HTTP_ANSWER_MALFORMED');
    expect(server.requests).toHaveLength(1);
    expect(sentBytes).toBeLessThan(50_000_000);
  });

  it('by silence is over after the time-outs and not later', async () => {
    const server = await bed.startServer(hang);
    const failure = await within(10_000, bed.createClient(server, quick).head('abc'));
    expect(failure.code).toBe('LARDER_TIMEOUT_FIRST_BYTE');
  });

  it('in the TLS handshake is a connection that takes too long', async () => {
    const silent = await listen(createServer());
    const { port } = silent.address() as AddressInfo;
    try {
      const client = bed.createClient(
        { url: `https://127.0.0.1:${port}` },
        { connectTimeoutMs: 200 },
      );
      expect(await catchLarderError(client.get('abc'))).toMatchObject({
        code: 'LARDER_CONNECT_TIMEOUT',
      });
    } finally {
      silent.close();
    }
  });
});

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
    await expect(getAll(client)).resolves.toBe('hello');
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
    await expect(getAll(client)).resolves.toHaveLength(30);
  });

  it('fails when the server stops reading an upload', async () => {
    const server = await bed.startServer((request) => {
      request.pause();
    });
    const client = bed.createClient(server, { ...quick, firstByteTimeoutMs: 60_000 });
    const chunks = Array.from({ length: 400 }, () => Buffer.alloc(65_536));
    const { code } = await catchLarderError(
      client.put('abc', chunkedBody(chunks), { tag: 't', retries: 0 }),
    );
    expect(code).toBe('LARDER_TIMEOUT_STALL');
  });
});

describe('an outage', () => {
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
    for (let count = 0; count < 5; count += 1) await catchLarderError(getAll(client));
    expect(server.requests).toHaveLength(5);
  });

  it('is what bodies are that break off again and again', async () => {
    const server = await bed.startServer(breakOffBody);
    const client = bed.createClient(server);
    for (let count = 0; count < 3; count += 1) await catchLarderError(getAll(client));
    expect((await catchLarderError(getAll(client))).code).toBe('LARDER_OUTAGE_BREAKER_OPEN');
    expect(server.requests).toHaveLength(3);
  });
});

describe('a refusal', () => {
  it.each([
    ['401', error(401, 'unauthorized'), 'LARDER_ACCESS_UNAUTHORIZED'],
    ['401 without explanation', answer(401), 'LARDER_ACCESS_UNAUTHORIZED'],
    ['disabled', error(403, 'remote_caching_disabled'), 'LARDER_ACCESS_CACHING_DISABLED'],
    ['over limit', error(403, 'remote_caching_over_limit'), 'LARDER_ACCESS_CACHING_OVER_LIMIT'],
    ['paused', error(403, 'remote_caching_paused'), 'LARDER_ACCESS_CACHING_PAUSED'],
    ['unheard of', error(403, 'remote_caching_tired'), 'LARDER_ACCESS_CACHING_UNAVAILABLE'],
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
    for (const call of [() => client.put('b', body), () => getAll(client), () => client.status()]) {
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
    const server = await bed.startServer(error(403, 'forbidden'), answer(404));
    const client = bed.createClient(server);
    for (let count = 0; count < 2; count += 1) {
      expect((await catchLarderError(put(client))).code).toBe('LARDER_ACCESS_WRITE_FORBIDDEN');
    }
    await expect(client.head('abc')).resolves.toBeNull();
    expect(server.requests.map(({ method }) => method)).toEqual(['PUT', 'HEAD']);
  });

  it.each([
    ['to read', error(403, 'forbidden')],
    ['for an unknown reason', error(403, 'tuesday')],
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
    expect((await catchLarderError(getAll(bed.createClient(server)))).code).toBe(
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

describe('a redirect', () => {
  it.each([301, 302, 303, 307, 308])('of status %i is followed with the token', async (status) => {
    const server = await bed.startServer(
      answer(status, { location: '/moved?x=1#y' }),
      answer(200, {}, 'hello'),
    );
    await expect(getAll(bed.createClient(server))).resolves.toBe('hello');
    expect(server.requests.map(({ url }) => url)).toEqual(['/v8/artifacts/abc', '/moved?x=1']);
    expect(server.requests[1]?.headers.authorization).toBe('Bearer secret-token');
  });

  it('to another origin loses the token, for good', async () => {
    const other = await bed.startServer((_request, response) => {
      response.writeHead(307, { location: `${server.url}/back` }).end();
    });
    const server = await bed.startServer(
      answer(307, { location: `${other.url}/away` }),
      answer(200, {}, 'hello'),
    );
    await expect(getAll(bed.createClient(server))).resolves.toBe('hello');
    expect(other.requests[0]?.headers).not.toHaveProperty('authorization');
    expect(server.requests[1]?.headers).not.toHaveProperty('authorization');
  });

  it.each([401, 402, 403])('to another origin that answers %i is about itself', async (status) => {
    const other = await bed.startServer(error(status, 'remote_caching_disabled'));
    const server = await bed.startServer(
      answer(302, { location: `${other.url}/away?signature=swordfish` }),
      answer(404),
    );
    const client = bed.createClient(server);
    const failure = await catchLarderError(client.head('abc'));
    expect(failure.code).toBe('LARDER_HTTP_UNEXPECTED_STATUS');
    expect(failure.message).not.toContain('swordfish');
    await expect(client.head('abc')).resolves.toBeNull();
  });

  it.each([
    ['to itself', answer(302, { location: '/v8/artifacts/abc' }), 1],
    ['without a target', answer(302), 1],
    ['to nonsense', answer(302, { location: 'http://' }), 1],
    ['to another protocol', answer(302, { location: 'file:///etc/passwd' }), 1],
    [
      'without end',
      ((request, response) => {
        response.writeHead(302, { location: `${request.url ?? ''}x` }).end();
      }) satisfies Script,
      6,
    ],
  ])('%s is not followed', async (_what, script, requests) => {
    const server = await bed.startServer(script);
    const failure = await catchLarderError(bed.createClient(server).head('abc'));
    expect(failure.code).toBe('LARDER_HTTP_REDIRECT_REFUSED');
    expect(server.requests).toHaveLength(requests);
  });
});

function listen(server: Server): Promise<Server> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      resolve(server);
    });
  });
}
