import { createHash, randomBytes } from 'node:crypto';
import { truncate, rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  createTemporaryFolder,
  listStoredFiles,
  removeTemporaryFolders,
  startServer,
  type RunningServer,
} from '../testing/start-server.fixture.ts';
import { sendInPieces } from '../testing/raw-request.fixture.ts';

const HASH = '0123456789abcdef';

const READER = 'reader-token-for-tests';
const TEAM_WRITER = 'team-writer-token-for-tests';
const WRITER = 'writer-token-for-tests';

let running: RunningServer;

beforeEach(async () => {
  running = await startServer({
    maxArtifactSizeBytes: 5_000_000,
    tokens: [
      { token: WRITER, access: 'read-write', label: 'writer' },
      { token: READER, access: 'read', label: 'reader' },
      {
        sha256: createHash('sha256').update(TEAM_WRITER).digest('hex'),
        access: 'read-write',
        teams: ['team_a', 'slug-b'],
      },
    ],
  });
});

afterEach(() => running.server.close());
afterAll(removeTemporaryFolders);

function call(path: string, init: RequestInit & { token?: string | null } = {}) {
  const { token = WRITER, headers, ...rest } = init;
  return running.fetch(path, {
    ...rest,
    headers: {
      ...(headers as Record<string, string>),
      authorization: token === null ? '' : `Bearer ${token}`,
    },
  });
}

function put(
  hash: string,
  body: string | Uint8Array<ArrayBuffer>,
  init: Parameters<typeof call>[1] = {},
) {
  return call(`/v8/artifacts/${hash}`, { method: 'PUT', body, ...init });
}

async function errorOf(response: Response): Promise<unknown> {
  expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
  const body = (await response.json()) as { error: { code: string; message: string } };
  expect(body).toEqual({ error: body.error, ...body.error });
  return body.error.code;
}

describe('storing and fetching', () => {
  it('returns what was stored, byte for byte and with its length', async () => {
    const bytes = randomBytes(1_000_003);
    const stored = await put(HASH, bytes);
    expect(stored.status).toBe(202);
    expect(await stored.json()).toEqual({ urls: [`${running.url}/v8/artifacts/${HASH}`] });

    const fetched = await call(`/v8/artifacts/${HASH}`);
    expect(fetched.status).toBe(200);
    expect(fetched.headers.get('content-type')).toBe('application/octet-stream');
    expect(fetched.headers.get('content-length')).toBe('1000003');
    expect(Buffer.from(await fetched.arrayBuffer()).equals(bytes)).toBe(true);
  });

  it('stores an empty artifact', async () => {
    expect((await put(HASH, '')).status).toBe(202);
    const fetched = await call(`/v8/artifacts/${HASH}`);
    expect([fetched.status, fetched.headers.get('content-length')]).toEqual([200, '0']);
    expect(await fetched.text()).toBe('');
  });

  it('echoes all metadata on GET and HEAD', async () => {
    const metadata = {
      'x-artifact-duration': '12345',
      'x-artifact-tag': 'A'.repeat(600),
      'x-artifact-sha': '0'.repeat(40),
      'x-artifact-dirty-hash': '1'.repeat(64),
    };
    await put(HASH, 'bytes', {
      headers: {
        ...metadata,
        'x-artifact-client-ci': 'GITHUB_ACTIONS',
        'x-artifact-client-interactive': '1',
      },
    });
    for (const method of ['GET', 'HEAD']) {
      const response = await call(`/v8/artifacts/${HASH}`, { method });
      expect(response.status).toBe(200);
      expect(Object.fromEntries(response.headers)).toMatchObject({
        ...metadata,
        'content-length': '5',
        'content-type': 'application/octet-stream',
      });
      expect(await response.text()).toBe(method === 'GET' ? 'bytes' : '');
    }
  });

  it.each([
    ['application/json', 'application/json'],
    ['application/json;q=1', 'application/json'],
    ['application/json, */*', 'application/octet-stream'],
    ['*/*', 'application/octet-stream'],
  ])('calls the bytes, asked for as %s, %s', async (accept, contentType) => {
    await put(HASH, 'bytes');
    const fetched = await call(`/v8/artifacts/${HASH}`, { headers: { accept } });
    expect(fetched.headers.get('content-type')).toBe(contentType);
    expect(await fetched.text()).toBe('bytes');
  });

  it('echoes nothing that was not said', async () => {
    await put(HASH, 'bytes');
    const { headers } = await call(`/v8/artifacts/${HASH}`);
    expect([...headers.keys()].filter((name) => name.startsWith('x-artifact-'))).toEqual([]);
  });

  it.each([
    ['0', '0'],
    ['12.5', '13'],
    ['007', '7'],
    ['abc', null],
    ['-1', null],
    ['1e3', null],
    ['99999999999999999999', null],
  ])('stores the duration %s as %s', async (sent, echoed) => {
    await put(HASH, 'bytes', { headers: { 'x-artifact-duration': sent } });
    const { headers } = await call(`/v8/artifacts/${HASH}`, { method: 'HEAD' });
    expect(headers.get('x-artifact-duration')).toBe(echoed);
  });

  it.each([
    ['x-artifact-tag', 'A'.repeat(601)],
    ['x-artifact-client-ci', 'A'.repeat(51)],
    ['x-artifact-client-interactive', '2'],
    ['x-artifact-sha', 'a'.repeat(257)],
    ['x-artifact-dirty-hash', 'a'.repeat(257)],
  ])('refuses %s beyond its limit and stores nothing', async (name, value) => {
    const response = await put(HASH, 'bytes', { headers: { [name]: value } });
    expect([response.status, await errorOf(response)]).toEqual([400, 'bad_request']);
    expect((await call(`/v8/artifacts/${HASH}`)).status).toBe(404);
    expect(await listStoredFiles(running.dataDirectory)).toEqual([]);
  });

  it('answers a duplicate with success and keeps the first artifact with its metadata', async () => {
    await put(HASH, 'first', { headers: { 'x-artifact-tag': 'one', 'x-artifact-duration': '1' } });
    const second = await put(HASH, 'second!', { headers: { 'x-artifact-tag': 'two' } });
    expect(second.status).toBe(202);
    expect(await second.json()).toHaveProperty('urls');

    const fetched = await call(`/v8/artifacts/${HASH}`);
    expect(await fetched.text()).toBe('first');
    expect(fetched.headers.get('x-artifact-tag')).toBe('one');
    expect(await listStoredFiles(running.dataDirectory)).toHaveLength(1);
  });

  it('never answers a duplicate with 409 or 412, which Turborepo warns about, whatever it asks', async () => {
    for (const condition of ['*', '"other"']) {
      const stored = await put(HASH, 'bytes', { headers: { 'if-none-match': condition } });
      expect(stored.status).toBe(202);
    }
  });

  it('keeps exactly one of many concurrent uploads of one hash', async () => {
    const bodies = Array.from({ length: 12 }, () => randomBytes(200_000));
    const answers = await Promise.all(
      bodies.map((body, index) =>
        put(HASH, body, { headers: { 'x-artifact-tag': String(index) } }),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual(bodies.map(() => 202));

    for (let round = 0; round < 3; round += 1) {
      const fetched = await call(`/v8/artifacts/${HASH}`);
      const winner = bodies[Number(fetched.headers.get('x-artifact-tag'))];
      expect(winner?.equals(Buffer.from(await fetched.arrayBuffer()))).toBe(true);
    }
    expect(await listStoredFiles(running.dataDirectory)).toHaveLength(1);
  });

  it('takes a body that arrives byte by byte', async () => {
    const bytes = randomBytes(300);
    const pieces = Array.from(bytes, (_byte, index) => bytes.subarray(index, index + 1));
    const headers = { authorization: `Bearer ${WRITER}`, 'content-length': bytes.length };
    const answer = await sendInPieces(
      running,
      { method: 'PUT', path: `/v8/artifacts/${HASH}`, headers },
      pieces,
    );
    expect(answer.status).toBe(202);
    const fetched = await call(`/v8/artifacts/${HASH}`);
    expect(Buffer.from(await fetched.arrayBuffer()).equals(bytes)).toBe(true);
  });
});

describe('what an upload must bring', () => {
  it('refuses one without a length', async () => {
    const answer = await sendInPieces(
      running,
      {
        method: 'PUT',
        path: `/v8/artifacts/${HASH}`,
        headers: { authorization: `Bearer ${WRITER}`, 'transfer-encoding': 'chunked' },
      },
      [Buffer.from('hello')],
    );
    expect(answer.status).toBe(411);
    expect(JSON.parse(answer.body)).toMatchObject({ error: { code: 'length_required' } });
  });

  it('refuses one that is larger than allowed', async () => {
    const response = await put(HASH, Buffer.alloc(5_000_001));
    expect([response.status, await errorOf(response)]).toEqual([413, 'payload_too_large']);
    expect(await listStoredFiles(running.dataDirectory)).toEqual([]);
    expect((await put(HASH, Buffer.alloc(5_000_000))).status).toBe(202);
  });

  it('does not care for the content type', async () => {
    for (const [index, type] of ['application/json', 'text/plain', 'x/y; z=1'].entries()) {
      const response = await put(`hash-${index}`, '{not json', {
        headers: { 'content-type': type },
      });
      expect(response.status).toBe(202);
    }
  });
});

describe('misses and damage', () => {
  it('answers 404 in the envelope for GET and without a body for HEAD', async () => {
    const response = await call(`/v8/artifacts/${HASH}`);
    expect([response.status, await errorOf(response)]).toEqual([404, 'not_found']);
    const head = await call(`/v8/artifacts/${HASH}`, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([404, '']);
  });

  it.each(['shorter', 'gone'])(
    'takes an artifact whose file is %s for a miss that can be repaired',
    async (damage) => {
      for (const method of ['GET', 'HEAD', 'PUT']) {
        const hash = `${HASH}-${method}`;
        await put(hash, 'all of it');
        const [file] = (await listStoredFiles(running.dataDirectory)).slice(-1);
        const name = file!.replace('blobs/', '');
        const path = join(running.dataDirectory, 'blobs', name.slice(0, 2), name);
        await (damage === 'gone' ? rm(path) : truncate(path, 3));

        if (method !== 'PUT')
          expect((await call(`/v8/artifacts/${hash}`, { method })).status).toBe(404);
        expect((await put(hash, 'repaired')).status).toBe(202);
        expect(await (await call(`/v8/artifacts/${hash}`)).text()).toBe('repaired');
        await running.server.close();
        running = await startServer({ tokens: [{ token: WRITER, access: 'read-write' }] });
      }
    },
  );

  it('keeps everything over a restart', async () => {
    const dataDirectory = await createTemporaryFolder();
    const tokens = [{ token: WRITER, access: 'read-write' as const }];
    const before = await startServer({ dataDirectory, tokens });
    const headers = { 'x-artifact-tag': 'kept', 'x-artifact-duration': '77' };
    await before.fetch(`/v8/artifacts/${HASH}`, {
      method: 'PUT',
      body: 'bytes',
      headers: { ...headers, authorization: `Bearer ${WRITER}` },
    });
    await before.server.close();

    const after = await startServer({ dataDirectory, tokens });
    try {
      const fetched = await after.fetch(`/v8/artifacts/${HASH}`, {
        headers: { authorization: `Bearer ${WRITER}` },
      });
      expect(Object.fromEntries(fetched.headers)).toMatchObject(headers);
      expect(await fetched.text()).toBe('bytes');
    } finally {
      await after.server.close();
    }
  });
});

describe('hashes', () => {
  it.each([
    HASH,
    '13736315108187780736',
    '12HKQaOmR5t5Uy6vdcQsNIiZgHGB',
    '1.tar.gz',
    '_-',
    'a'.repeat(128),
  ])('accepts %s', async (hash) => {
    expect((await put(hash, hash)).status).toBe(202);
    expect(await (await call(`/v8/artifacts/${hash}`)).text()).toBe(hash);
  });

  it.each([
    '.hidden',
    'a..b',
    'a%2fb',
    '..%2f..%2ftoken',
    '%2e%2e%2ftoken',
    'a%00b',
    '%252e%252e',
    'a%5Cb',
    'a%20b',
    'ä',
    'a'.repeat(129),
    'a'.repeat(5000),
    '%zz',
  ])('refuses %s with 400 on every method and leaves the disk alone', async (hash) => {
    for (const method of ['GET', 'PUT']) {
      const body = method === 'PUT' ? { body: 'x' } : {};
      const response = await call(`/v8/artifacts/${hash}`, { method, ...body });
      expect([response.status, await errorOf(response)]).toEqual([400, 'bad_request']);
    }
    expect((await call(`/v8/artifacts/${hash}`, { method: 'HEAD' })).status).toBe(400);
    expect(await listStoredFiles(running.dataDirectory)).toEqual([]);
  });
});

describe('paths', () => {
  it.each(['/v8/artifacts', '/api/v8/artifacts', '//v8/artifacts', '/api//v8///artifacts'])(
    'serves %s',
    async (prefix) => {
      expect((await call(`${prefix}/${HASH}`, { method: 'PUT', body: 'x' })).status).toBe(202);
      expect(await (await call(`${prefix}/${HASH}`)).text()).toBe('x');
      expect((await call(`${prefix}/status`)).status).toBe(200);
      expect((await call(prefix, { method: 'POST', body: '{"hashes":[]}' })).status).toBe(200);
    },
  );

  it.each(['/pages', '/v8', '/v9/artifacts/x', '/apix/v8/artifacts/status', '/v8/artifacts/a/b'])(
    'knows nothing of %s',
    async (path) => {
      const response = await call(path);
      expect([response.status, await errorOf(response)]).toEqual([404, 'not_found']);
    },
  );
});

describe('teams', () => {
  it('separates teams, and prefers teamId to slug', async () => {
    await put(`${HASH}?teamId=team_a&slug=slug-b`, 'of a');
    await put(`${HASH}?slug=slug-b`, 'of b');
    await put(HASH, 'of nobody');
    const bodies = await Promise.all(
      ['?teamId=team_a', '?slug=slug-b', '', '?teamId=&slug=slug-b', '?slug=team_a'].map(
        async (query) => (await call(`/v8/artifacts/${HASH}${query}`)).text(),
      ),
    );
    expect(bodies).toEqual(['of a', 'of b', 'of nobody', 'of b', 'of a']);
    expect((await call(`/v8/artifacts/${HASH}?slug=other`)).status).toBe(404);
  });

  it('refuses a team given twice or overlong', async () => {
    for (const query of ['?slug=a&slug=b', `?teamId=${'a'.repeat(257)}`, '?slug=a%00b']) {
      expect((await call(`/v8/artifacts/${HASH}${query}`)).status).toBe(400);
    }
  });

  it('lets a token use its own teams only', async () => {
    for (const query of ['?teamId=team_a', '?slug=slug-b']) {
      expect((await put(`${HASH}${query}`, 'x', { token: TEAM_WRITER })).status).toBe(202);
      expect((await call(`/v8/artifacts/${HASH}${query}`, { token: TEAM_WRITER })).status).toBe(
        200,
      );
    }
    for (const query of ['', '?slug=other', '?teamId=other&slug=slug-b']) {
      for (const response of [
        await put(`${HASH}${query}`, 'x', { token: TEAM_WRITER }),
        await call(`/v8/artifacts/${HASH}${query}`, { token: TEAM_WRITER }),
        await call(`/v8/artifacts${query}`, {
          token: TEAM_WRITER,
          method: 'POST',
          body: '{"hashes":[]}',
        }),
      ]) {
        expect([response.status, await errorOf(response)]).toEqual([403, 'forbidden']);
      }
    }
  });
});

describe('tokens', () => {
  const requests: [method: string, path: string, body: string | null][] = [
    ['GET', `/v8/artifacts/${HASH}`, null],
    ['PUT', `/v8/artifacts/${HASH}`, 'x'],
    ['POST', '/v8/artifacts', '{"hashes":[]}'],
    ['POST', '/v8/artifacts/events', '[]'],
    ['GET', '/v8/artifacts/status', null],
  ];

  it.each(requests)('requires a known token for %s %s', async (method, path, body) => {
    const init = { method, body };
    for (const token of [null, 'unknown', `${WRITER}x`, WRITER.slice(1)]) {
      const response = await call(path, { ...init, token });
      expect([response.status, await errorOf(response)]).toEqual([401, 'unauthorized']);
      expect(response.headers.get('www-authenticate')).toBe('Bearer');
    }
    const basic = await running.fetch(path, {
      ...init,
      headers: { authorization: `Basic ${WRITER}` },
    });
    expect(basic.status).toBe(401);
  });

  it('takes the scheme in any case', async () => {
    const response = await running.fetch('/v8/artifacts/status', {
      headers: { authorization: `bearer ${WRITER}` },
    });
    expect(response.status).toBe(200);
  });

  it('lets a read-only token do everything but PUT', async () => {
    await put(HASH, 'bytes');
    const refused = await put('other', 'x', { token: READER });
    expect([refused.status, await errorOf(refused)]).toEqual([403, 'forbidden']);
    for (const [method, path, body] of requests.filter(([name]) => name !== 'PUT')) {
      const init = { method, body, token: READER };
      expect((await call(path, init)).status).toBe(200);
    }
  });
});

describe('deleting everything', () => {
  it('removes all artifacts of the team, of both APIs, and nothing of others', async () => {
    for (let number = 0; number < 250; number += 1) await put(`h${number}?slug=team`, 'x');
    await call('/v1/cache/123?slug=team', { method: 'PUT', body: 'nx' });
    await put('kept?slug=other', 'x');

    const response = await call('/v8/artifacts?slug=team', { method: 'DELETE' });
    expect([response.status, await response.json()]).toEqual([200, { deletedCount: 251 }]);
    expect((await call('/v8/artifacts/h7?slug=team')).status).toBe(404);
    expect((await call('/v1/cache/123?slug=team')).status).toBe(404);
    expect((await call('/v8/artifacts/kept?slug=other')).status).toBe(200);
    expect(await listStoredFiles(running.dataDirectory)).toHaveLength(1);

    // The hashes are free again.
    expect((await put('h7?slug=team', 'new')).status).toBe(202);
    expect(await (await call('/v8/artifacts/h7?slug=team')).text()).toBe('new');
  });

  it('is for tokens that may write', async () => {
    const response = await call('/v8/artifacts', { method: 'DELETE', token: READER });
    expect([response.status, await errorOf(response)]).toEqual([403, 'forbidden']);
  });
});

describe('query, events, status and preflight', () => {
  it('answers a query with explicit nulls for misses', async () => {
    await put('full', '12345', {
      headers: {
        'x-artifact-duration': '9',
        'x-artifact-tag': 't',
        'x-artifact-sha': 's',
        'x-artifact-dirty-hash': 'd',
      },
    });
    await put('bare', '1');
    const response = await call('/v8/artifacts', {
      method: 'POST',
      body: JSON.stringify({ hashes: ['full', 'bare', 'absent', '../x', '__proto__'] }),
    });
    expect(response.status).toBe(200);
    expect(await response.text()).toBe(
      JSON.stringify({
        full: { size: 5, taskDurationMs: 9, tag: 't', sha: 's', dirtyHash: 'd' },
        bare: { size: 1, taskDurationMs: 0 },
        absent: null,
        '../x': null,
      }).replace(/}$/, ',"__proto__":null}'),
    );
  });

  it('answers a query of thousands of hashes', async () => {
    await put('h1234', 'x');
    const hashes = Array.from({ length: 3_000 }, (_value, index) => `h${index}`);
    const response = await call('/v8/artifacts', {
      method: 'POST',
      body: JSON.stringify({ hashes }),
    });
    const answer = (await response.json()) as Record<string, unknown>;
    expect(Object.keys(answer)).toHaveLength(3_000);
    expect(Object.entries(answer).filter(([, hit]) => hit !== null)).toEqual([
      ['h1234', { size: 1, taskDurationMs: 0 }],
    ]);
  });

  it.each(['', 'no json', '[]', '{}', '{"hashes":"a"}', '{"hashes":[1]}'])(
    'refuses the query %j',
    async (body) => {
      const response = await call('/v8/artifacts', { method: 'POST', body });
      expect([response.status, await errorOf(response)]).toEqual([400, 'bad_request']);
    },
  );

  it('refuses more JSON than anybody needs', async () => {
    const response = await call('/v8/artifacts', { method: 'POST', body: ' '.repeat(1_048_577) });
    expect([response.status, await errorOf(response)]).toEqual([413, 'payload_too_large']);
  });

  const event = {
    sessionId: '7f3d5d9e-9d1e-4a52-8f5e-0a1b2c3d4e5f',
    source: 'REMOTE',
    event: 'HIT',
    hash: HASH,
  };

  it('takes events without a word', async () => {
    for (const events of [
      [],
      [event],
      [event, { ...event, source: 'LOCAL', event: 'MISS', duration: 0.5 }],
    ]) {
      const response = await call('/v8/artifacts/events', {
        method: 'POST',
        body: JSON.stringify(events),
        headers: { 'x-artifact-client-ci': 'GITLAB', 'x-artifact-client-interactive': '0' },
      });
      expect([response.status, await response.text()]).toEqual([200, '']);
    }
  });

  it.each([
    event,
    [{ ...event, sessionId: 'no uuid' }],
    [{ ...event, source: 'ELSEWHERE' }],
    [{ ...event, event: 'MAYBE' }],
    [{ ...event, hash: '' }],
    [{ ...event, duration: -1 }],
    [{ ...event, duration: '1' }],
    [null],
  ])('refuses the events %j', async (events) => {
    const body = JSON.stringify(events);
    const response = await call('/v8/artifacts/events', { method: 'POST', body });
    expect([response.status, await errorOf(response)]).toEqual([400, 'bad_request']);
  });

  it('is always enabled', async () => {
    expect(await (await call('/v8/artifacts/status')).json()).toEqual({ status: 'enabled' });
  });

  it.each(['', `/${HASH}`, '/events'])(
    'answers the preflight of %j by name, not by star',
    async (path) => {
      const response = await call(`/v8/artifacts${path}?teamId=a`, {
        method: 'OPTIONS',
        token: null,
      });
      expect([response.status, await response.text()]).toEqual([204, '']);
      expect(response.headers.get('access-control-allow-headers')).toMatch(
        /(?:^|,) *Authorization *(?:,|$)/,
      );
      expect(response.headers.has('location')).toBe(false);
    },
  );
});
