import { startIssuer, type Issuer } from '../testing/issuer.fixture.ts';
import {
  removeTemporaryFolders,
  startServer,
  type RunningServer,
} from '../testing/start-server.fixture.ts';

const AUDIENCE = 'https://cache.example.com';
const HASH = '0123456789abcdef';

const REFUSAL = {
  error: { code: 'unauthorized', message: 'The identity is not accepted by this server.' },
  code: 'unauthorized',
  message: 'The identity is not accepted by this server.',
};

let issuer: Issuer;
let running: RunningServer;

beforeAll(async () => {
  issuer = await startIssuer();
  running = await startServer({
    oidc: [
      {
        preset: 'github-actions',
        issuer: issuer.url,
        audience: AUDIENCE,
        repositoryIds: ['42'],
        repositoryOwnerIds: ['7'],
      },
    ],
  });
});

afterEach(() => {
  issuer.behaviour = null;
});

afterAll(async () => {
  await running.server.close();
  await issuer.close();
  await removeTemporaryFolders();
});

const job = {
  aud: AUDIENCE,
  repository: 'acme/shop',
  repository_id: '42',
  repository_owner_id: '7',
  run_id: '17',
};
const main = { ...job, event_name: 'push', ref: 'refs/heads/main', ref_protected: 'true' };
const pullRequest = {
  ...job,
  event_name: 'pull_request',
  ref: 'refs/pull/9/merge',
  ref_protected: 'false',
};

interface Exchanged {
  token: string;
  expiresAt: string;
  access: string;
  scope: string;
  teams: string[] | null;
}

function post(body: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${running.url}/auth/oidc`, { method: 'POST', body, headers });
}

async function postIdentity(claims: object): Promise<Response> {
  return post(JSON.stringify({ token: await issuer.sign(claims) }));
}

async function exchange(claims: object): Promise<Exchanged> {
  const response = await postIdentity(claims);
  expect(response.status).toBe(200);
  return (await response.json()) as Exchanged;
}

function artifact(hash: string, token: string, init: RequestInit = {}): Promise<Response> {
  return fetch(`${running.url}/v8/artifacts/${hash}`, {
    ...init,
    headers: { authorization: `Bearer ${token}` },
  });
}

async function put(hash: string, token: string, body: string): Promise<number> {
  return (await artifact(hash, token, { method: 'PUT', body })).status;
}

async function get(hash: string, token: string): Promise<string | null> {
  const response = await artifact(hash, token);
  const body = await response.text();
  return response.status === 200 ? body : null;
}

describe('POST /auth/oidc', () => {
  it('exchanges an identity for a token that is good at once, and for an hour', async () => {
    const before = Date.now();
    const response = await postIdentity(main);
    const exchanged = (await response.json()) as Exchanged;

    expect(response.status).toBe(200);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(exchanged).toEqual({
      token: expect.stringMatching(/^larder_[\w-]{43}$/) as string,
      expiresAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) as string,
      access: 'read-write',
      scope: 'trusted',
      teams: null,
    });
    const lifetimeMs = Date.parse(exchanged.expiresAt) - before;
    expect(lifetimeMs).toBeGreaterThan(3_590_000);
    expect(lifetimeMs).toBeLessThan(3_660_000);
    const status = await fetch(`${running.url}/v8/artifacts/status`, {
      headers: { authorization: `Bearer ${exchanged.token}` },
    });
    expect(status.status).toBe(200);
  });

  it('takes the identity as a bearer token as well', async () => {
    const response = await fetch(`${running.url}/auth/oidc`, {
      method: 'POST',
      headers: { authorization: `Bearer ${await issuer.sign(main)}` },
    });

    expect(response.status).toBe(200);
  });

  it('takes JSON whatever it calls itself', async () => {
    const body = JSON.stringify({ token: await issuer.sign(main) });

    expect((await post(body, { 'content-type': 'application/x-www-form-urlencoded' })).status).toBe(
      200,
    );
  });

  it('keeps what a pull request stores away from the main branch', async () => {
    const pr = await exchange(pullRequest);
    expect(pr).toMatchObject({ access: 'read-write', scope: 'isolated:pr/42/refs/pull/9/merge' });

    expect(await put(HASH, pr.token, 'poison')).toBe(202);
    expect(await get(HASH, pr.token)).toBe('poison');

    const trusted = await exchange(main);
    expect(await get(HASH, trusted.token)).toBeNull();
    expect(await put(HASH, trusted.token, 'clean')).toBe(202);
    expect(await get(HASH, trusted.token)).toBe('clean');
    const other = await exchange({ ...pullRequest, ref: 'refs/pull/10/merge' });
    expect(await get(HASH, other.token)).toBe('clean');
  });

  it('lets another job of the same pull request read what the first one stored', async () => {
    const [first, second] = [await exchange(pullRequest), await exchange(pullRequest)];

    expect(await put('same-pull-request', first.token, 'ours')).toBe(202);
    expect(second.token).not.toBe(first.token);
    expect(await get('same-pull-request', second.token)).toBe('ours');
  });

  it.each(['pull_request_target', 'workflow_run', 'issue_comment', 'workflow_dispatch'])(
    'lets a job for %s read what the main branch has, and write nothing',
    async (event_name) => {
      const trusted = await exchange(main);
      await put(`for-${event_name}`, trusted.token, 'clean');

      const { token, access, scope } = await exchange({ ...main, event_name });

      expect([access, scope]).toEqual(['read', 'trusted']);
      expect(await get(`for-${event_name}`, token)).toBe('clean');
      expect(await put('poisoned', token, 'poison')).toBe(403);
      expect(await get('poisoned', trusted.token)).toBeNull();
    },
  );
});

describe('POST /auth/oidc refuses, without a word on why,', () => {
  it.each<[string, () => Promise<string>]>([
    ['another repository', () => issuer.sign({ ...main, repository_id: '43' })],
    ['another owner', () => issuer.sign({ ...main, repository_owner_id: '8' })],
    ['a job that says nothing of its repository', () => issuer.sign({ aud: AUDIENCE })],
    ['an identity that has expired', () => issuer.sign({ ...main, exp: 1_700_000_000 })],
    ['one that is not yet valid', () => issuer.sign({ ...main, nbf: 4_000_000_000 })],
    ['one for another server', () => issuer.sign({ ...main, aud: 'https://else.example.com' })],
    ['one by another issuer', () => issuer.sign({ ...main, iss: 'https://else.example.com' })],
    ['one with a forged signature', () => issuer.sign(main, { withForeignKey: true })],
    ['a text that is no identity', () => Promise.resolve('larder_0123456789')],
    ['an empty text', () => Promise.resolve('')],
  ])('%s', async (_what, identityOf) => {
    const identity = await identityOf();

    const response = await post(JSON.stringify({ token: identity }));

    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe('Bearer');
    expect(await response.json()).toEqual(REFUSAL);
  });
});

describe('POST /auth/oidc answers', () => {
  it.each(['', 'x', '{', '[]', '{}', 'null', '{"token":1}', '{"token":null}', '{"jwt":"a.b.c"}'])(
    '400 to a body that is no exchange: %s',
    async (body) => {
      const response = await post(body);

      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ code: 'bad_request' });
    },
  );

  it('413 to a body beyond 16 KiB, of which it reads no more', async () => {
    const response = await post(JSON.stringify({ token: 'x'.repeat(17_000) }));

    expect(response.status).toBe(413);
  });

  it('503 when the issuer cannot be asked, and tells nothing of how that failed', async () => {
    const another = await startServer({
      oidc: [
        {
          issuer: issuer.url,
          audience: AUDIENCE,
          rules: [{ claims: { repository_id: '42' }, access: 'read', scope: 'trusted' }],
        },
      ],
    });
    try {
      issuer.behaviour = (_path, response) => {
        response.writeHead(500).end('secret of the issuer');
        return true;
      };
      const body = JSON.stringify({ token: await issuer.sign(main) });

      const response = await fetch(`${another.url}/auth/oidc`, { method: 'POST', body });

      const message = 'The issuer of the identity cannot be asked for its keys.';
      expect(response.status).toBe(503);
      expect(await response.json()).toEqual({
        error: { code: 'issuer_unavailable', message },
        code: 'issuer_unavailable',
        message,
      });
    } finally {
      await another.server.close();
    }
  });
});

describe('GET /auth/oidc', () => {
  it('tells what identities have to be made out to, and nothing of the rules', async () => {
    const response = await fetch(`${running.url}/auth/oidc`);

    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      issuers: [{ issuer: issuer.url, audience: AUDIENCE }],
    });
  });
});

describe('a server without issuers', () => {
  it('has neither endpoint', async () => {
    const { url, server } = await startServer();
    try {
      const answers = await Promise.all([
        fetch(`${url}/auth/oidc`),
        fetch(`${url}/auth/oidc`, { method: 'POST', body: '{"token":"x"}' }),
      ]);

      expect(answers.map(({ status }) => status)).toEqual([404, 404]);
    } finally {
      await server.close();
    }
  });
});
