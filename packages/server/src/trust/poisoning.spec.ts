// Who may plant what for whom (CVE-2025-36852): every pair of a writer and a reader, over both
// protocols.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  removeTemporaryFolders,
  startServer,
  type RunningServer,
} from '../testing/start-server.fixture.ts';

const PRINCIPALS = {
  'a trusted writer': { token: 'trusted-token', access: 'read-write' },
  'a trusted reader': { token: 'reader-token', access: 'read' },
  'isolated A': { token: 'isolated-a-token', access: 'read-write', scope: 'isolated:a' },
  'isolated B': { token: 'isolated-b-token', access: 'read-write', scope: 'isolated:b' },
  'a reader of A': { token: 'reader-a-token', access: 'read', scope: 'isolated:a' },
} as const;

type Name = keyof typeof PRINCIPALS;

const NAMES = Object.keys(PRINCIPALS) as Name[];
const WRITERS: Name[] = ['a trusted writer', 'isolated A', 'isolated B'];

/** Who gets what each writer stored, and nobody else does. */
const READERS: Record<string, Name[]> = {
  'a trusted writer': NAMES,
  'isolated A': ['isolated A', 'a reader of A'],
  'isolated B': ['isolated B'],
};

const PROTOCOLS = [
  { protocol: 'the artifacts API', path: '/v8/artifacts/', stored: 202, duplicate: 202 },
  { protocol: "Nx's cache API", path: '/v1/cache/', stored: 200, duplicate: 409 },
];

let running: RunningServer;

beforeEach(async () => {
  running = await startServer({ tokens: Object.values(PRINCIPALS).map((each) => ({ ...each })) });
});
afterEach(() => running.server.close());
afterAll(removeTemporaryFolders);

function callAs(name: Name, path: string, init: RequestInit = {}): Promise<Response> {
  const authorization = `Bearer ${PRINCIPALS[name].token}`;
  return running.fetch(path, { ...init, headers: { authorization } });
}

describe.each(PROTOCOLS)('over $protocol', ({ path, stored, duplicate }) => {
  const hash = '1234567890';
  const put = async (name: Name, body: string) =>
    (await callAs(name, path + hash, { method: 'PUT', body })).status;

  async function get(name: Name): Promise<string | null> {
    const response = await callAs(name, path + hash);
    const text = await response.text();
    expect([200, 404]).toContain(response.status);
    return response.status === 200 ? text : null;
  }

  describe.each(WRITERS)('what %s stores', (writer) => {
    it.each(NAMES)('reaches %s only as far as it may', async (reader) => {
      expect(await put(writer, 'bytes')).toBe(stored);
      expect(await get(reader)).toBe(READERS[writer]?.includes(reader) ? 'bytes' : null);
    });
  });

  it.each(['a trusted reader', 'a reader of A'] as const)('%s stores nothing', async (reader) => {
    expect(await put(reader, 'bytes')).toBe(403);
    expect(await Promise.all(NAMES.map(get))).toEqual(NAMES.map(() => null));
  });

  it('a pull request that is first does not keep the slot from the trusted writer', async () => {
    expect(await put('isolated A', 'poison')).toBe(stored);
    expect(await get('a trusted writer')).toBeNull();
    expect(await put('a trusted writer', 'good')).toBe(stored);
    expect(await get('a trusted writer')).toBe('good');
    expect(await get('isolated B')).toBe('good');
    // Its own comes first, and is nobody else's.
    expect(await get('isolated A')).toBe('poison');
  });

  it('a pull request that comes second stores nothing in the place of a trusted artifact', async () => {
    expect(await put('a trusted writer', 'good')).toBe(stored);
    expect(await put('isolated A', 'poison')).toBe(duplicate);
    expect(await Promise.all(NAMES.map(get))).toEqual(NAMES.map(() => 'good'));
  });

  it('the first write wins within an isolated scope as well', async () => {
    expect(await put('isolated A', 'first')).toBe(stored);
    expect(await put('isolated A', 'second')).toBe(duplicate);
    expect(await get('isolated A')).toBe('first');
  });

  it('no header and no parameter leads to another scope', async () => {
    const headers = { authorization: `Bearer ${PRINCIPALS['isolated A'].token}` };
    const query = '?scope=trusted&x-artifact-scope=trusted';
    const response = await running.fetch(`${path}${hash}${query}`, {
      method: 'PUT',
      body: 'poison',
      headers: { ...headers, 'x-artifact-scope': 'trusted', 'x-artifact-read-scopes': 'trusted' },
    });
    expect(response.status).toBe(stored);
    expect(await get('a trusted writer')).toBeNull();
  });
});

it('tells about artifacts of other scopes by no other question either', async () => {
  const hash = 'abc';
  await callAs('isolated A', `/v8/artifacts/${hash}`, { method: 'PUT', body: 'poison' });
  for (const name of NAMES) {
    const isSeen = READERS['isolated A']?.includes(name);
    const head = await callAs(name, `/v8/artifacts/${hash}`, { method: 'HEAD' });
    expect([name, head.status]).toEqual([name, isSeen ? 200 : 404]);
    const query = await callAs(name, '/v8/artifacts', {
      method: 'POST',
      body: JSON.stringify({ hashes: [hash] }),
    });
    const found = ((await query.json()) as Record<string, unknown>)[hash];
    expect([name, found !== null]).toEqual([name, isSeen]);
  }
});

it('answers a query with its own artifact before the trusted one', async () => {
  await callAs('isolated A', '/v8/artifacts/abc', { method: 'PUT', body: 'own' });
  await callAs('a trusted writer', '/v8/artifacts/abc', { method: 'PUT', body: 'trusted' });
  const sizeFor = async (name: Name) => {
    const body = JSON.stringify({ hashes: ['abc'] });
    const response = await callAs(name, '/v8/artifacts', { method: 'POST', body });
    return ((await response.json()) as { abc: { size: number } }).abc.size;
  };
  expect(await sizeFor('isolated A')).toBe('own'.length);
  expect(await sizeFor('isolated B')).toBe('trusted'.length);
});

it('lets an isolated principal delete its own artifacts only', async () => {
  for (const name of WRITERS) {
    await callAs(name, `/v8/artifacts/${name.replaceAll(' ', '-')}`, { method: 'PUT', body: 'b' });
  }
  const answer = await callAs('isolated A', '/v8/artifacts', { method: 'DELETE' });
  expect(await answer.json()).toEqual({ deletedCount: 1 });
  const head = await callAs('a trusted reader', '/v8/artifacts/a-trusted-writer');
  expect(head.status).toBe(200);
});

// Whoever redirects is somebody else: the token does not go along, and nothing is reached without.
describe.each(PROTOCOLS)('over a redirect to $protocol', ({ path }) => {
  const hash = '1234567890';

  it.each(NAMES)('%s reaches nothing, and stores nothing', async (name) => {
    await callAs('a trusted writer', path + hash, { method: 'PUT', body: 'good' });
    const redirecting = createServer((request, response) => {
      request.resume();
      response.writeHead(307, { location: running.url + (request.url ?? '') }).end();
    }).listen(0, '127.0.0.1');
    await once(redirecting, 'listening');
    try {
      const { port } = redirecting.address() as AddressInfo;
      const ask = async (suffix: string, init: RequestInit = {}) => {
        const headers = { authorization: `Bearer ${PRINCIPALS[name].token}` };
        const url = `http://127.0.0.1:${port}${path}${suffix}`;
        return (await fetch(url, { ...init, headers })).status;
      };
      expect(await ask(hash)).toBe(401);
      expect(await ask('poison', { method: 'PUT', body: 'poison' })).toBe(401);
    } finally {
      redirecting.closeAllConnections();
      redirecting.close();
    }
    const stored = await Promise.all(NAMES.map((each) => callAs(each, `${path}poison`)));
    expect(stored.map(({ status }) => status)).toEqual(NAMES.map(() => 404));
  });
});
