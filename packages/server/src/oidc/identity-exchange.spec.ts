import { createHmac } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { startIssuer, type Issuer } from '../testing/issuer.fixture.ts';
import type { StoredToken } from '../tokens/token-store.ts';
import {
  createIdentityExchange,
  type ExchangeOutcome,
  type IdentityExchange,
} from './identity-exchange.ts';
import type { OidcIssuer } from './oidc-issuer.ts';

const AUDIENCE = 'https://cache.example.com';
const MINUTE_MS = 60_000;

let issuer: Issuer;
let nowMs: number;
let stored: StoredToken[];
let swept: number[];

beforeEach(async () => {
  issuer = await startIssuer();
  nowMs = Date.now();
  stored = [];
  swept = [];
});

afterEach(() => issuer.close());

function createExchange(overrides: Partial<OidcIssuer> = {}): IdentityExchange {
  return createIdentityExchange({
    issuers: [
      {
        issuer: issuer.url,
        audience: AUDIENCE,
        rules: [{ claims: { project: 'shop' }, access: 'read-write', scope: 'trusted' }],
        ...overrides,
      } as OidcIssuer,
    ],
    store: {
      add: (token) => {
        stored.push(token);
        return Promise.resolve();
      },
      removeExpired: (beforeMs) => {
        swept.push(beforeMs);
        return Promise.resolve(0);
      },
    },
    now: () => nowMs,
  });
}

const claims = { aud: AUDIENCE, project: 'shop', sub: 'project:shop' };

/** The reason of a refusal; `granted` for what is let in. */
function reasonOf(outcome: ExchangeOutcome): string {
  return outcome.isGranted ? 'granted' : outcome.reason;
}

async function tryOut(token: string, exchange = createExchange()): Promise<string> {
  return reasonOf(await exchange.exchange(token));
}

function inSeconds(offset: number): number {
  return Math.floor(nowMs / 1000) + offset;
}

function unsigned(header: object, payload: object): string {
  return [header, payload]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
}

describe('the exchange of an identity', () => {
  it('mints a token with the policy of the rule, and keeps only its digest', async () => {
    const exchange = createExchange({ tokenLifetimeMs: 5 * MINUTE_MS });
    const identity = await issuer.sign({
      ...claims,
      repository: 'acme/shop',
      ref: 'refs/heads/main',
      run_id: '17',
    });

    const outcome = await exchange.exchange(identity);

    if (!outcome.isGranted) throw new Error(outcome.reason);
    expect(stored).toEqual([outcome.stored]);
    expect(outcome.stored).toMatchObject({
      label: 'oidc:acme/shop@refs/heads/main',
      access: 'read-write',
      scope: 'trusted',
      teams: null,
      origin: { repository: 'acme/shop', ref: 'refs/heads/main', run: '17' },
      createdAtMs: nowMs,
      expiresAtMs: nowMs + 5 * MINUTE_MS,
    });
    expect(JSON.stringify(stored)).not.toContain(outcome.token);
  });

  it('lets a token live for an hour by default, and forgets those that expired a week ago', async () => {
    const outcome = await createExchange().exchange(await issuer.sign(claims));

    expect(outcome).toMatchObject({ stored: { expiresAtMs: nowMs + 60 * MINUTE_MS } });
    expect(swept).toEqual([nowMs - 7 * 24 * 60 * MINUTE_MS]);
  });

  it('names the service of a preset in the label', async () => {
    const exchange = createExchange({
      preset: 'gitlab',
      projectIds: ['42'],
      rules: undefined,
    } as unknown as OidcIssuer);
    const identity = await issuer.sign({
      aud: AUDIENCE,
      project_id: '42',
      project_path: 'acme/shop',
      pipeline_source: 'merge_request_event',
      pipeline_id: '99',
      ref: 'topic',
    });

    expect(await exchange.exchange(identity)).toMatchObject({
      stored: {
        label: 'gitlab:acme/shop@topic',
        scope: 'isolated:mr/42/topic',
        origin: { repository: 'acme/shop', ref: 'topic', run: '99' },
      },
    });
  });

  it.each(['RS256', 'ES256', 'EdDSA'] as const)('accepts signatures by %s', async (algorithm) => {
    expect(await tryOut(await issuer.sign(claims, { algorithm }))).toBe('granted');
  });

  it('takes one audience of several', async () => {
    const identity = await issuer.sign({ ...claims, aud: ['https://else.example.com', AUDIENCE] });

    expect(await tryOut(identity)).toBe('granted');
  });
});

describe('an identity is refused', () => {
  it.each<[string, () => object, RegExp]>([
    ['that has expired', () => ({ exp: inSeconds(-60) }), /"exp" claim/],
    ['that never expires', () => ({ exp: undefined }), /"exp" claim/],
    ['that is not yet valid', () => ({ nbf: inSeconds(60) }), /"nbf" claim/],
    ['from the future', () => ({ iat: inSeconds(60) }), /"iat" claim/],
    ['made out to somebody else', () => ({ aud: 'https://else.example.com' }), /audience/],
    ['whose audience only begins like ours', () => ({ aud: `${AUDIENCE}.evil` }), /audience/],
    ['made out to nobody', () => ({ aud: undefined }), /"aud" claim/],
    ['of another issuer', () => ({ iss: 'https://else.example.com' }), /unknown issuer/],
    ['of no issuer', () => ({ iss: undefined }), /unknown issuer/],
    ['that no rule matches', () => ({ project: 'shop-evil' }), /no rule matches/],
  ])('%s', async (_what, overrides, reason) => {
    const identity = await issuer.sign({ ...claims, ...overrides() });

    expect(await tryOut(identity)).toMatch(reason);
    expect(stored).toEqual([]);
  });

  it('with what a person who writes rules has to see, and nothing about people', async () => {
    const outcome = await createExchange().exchange(
      await issuer.sign({ ...claims, project: 'blog', ref: 'main', user_email: 'a@example.com' }),
    );

    expect(outcome).toEqual({
      isGranted: false,
      reason: 'no rule matches',
      claims: { iss: issuer.url, sub: 'project:shop', ref: 'main', project: 'blog' },
    });
  });

  it('not when the clocks differ by a few seconds', async () => {
    expect(await tryOut(await issuer.sign({ ...claims, exp: inSeconds(-10) }))).toBe('granted');
    expect(await tryOut(await issuer.sign({ ...claims, nbf: inSeconds(10) }))).toBe('granted');
  });

  it('that is signed with another key', async () => {
    expect(await tryOut(await issuer.sign(claims, { withForeignKey: true }))).toMatch(/signature/);
  });

  it('that has been changed after it was signed', async () => {
    const [header, , signature] = (await issuer.sign(claims)).split('.');
    const payload = { iss: issuer.url, exp: inSeconds(300), ...claims, more: true };
    const changed = Buffer.from(JSON.stringify(payload)).toString('base64url');

    expect(await tryOut([header, changed, signature].join('.'))).toMatch(/signature/);
  });

  it.each(['none', 'None', 'NONE'])('that says it needs no signature (%s)', async (alg) => {
    const payload = { iss: issuer.url, exp: inSeconds(300), ...claims };

    expect(await tryOut(`${unsigned({ alg, kid: 'key-1' }, payload)}.`)).toMatch(/not allowed/);
  });

  it('that is signed with the public key as if that were a secret', async () => {
    const payload = { iss: issuer.url, exp: inSeconds(300), ...claims };
    const content = unsigned({ alg: 'HS256', kid: 'key-2' }, payload);
    const pem = await issuer.publicKeyPem();
    const signature = createHmac('sha256', pem).update(content).digest('base64url');

    expect(await tryOut(`${content}.${signature}`)).toMatch(/not allowed/);
  });

  it('that brings its own key along', async () => {
    const [, payload, signature] = (await issuer.sign(claims, { withForeignKey: true })).split('.');
    const header = Buffer.from(
      JSON.stringify({ alg: 'ES256', kid: 'key-1', jku: 'https://evil.example.com', jwk: {} }),
    ).toString('base64url');

    expect(await tryOut([header, payload, signature].join('.'))).toMatch(/signature/);
  });

  it.each(['', 'x', 'a.b.c', '..', 'a'.repeat(100), 'ey.ey.ey'])(
    'that is no JWT: "%s"',
    async (text) => {
      expect(await tryOut(text)).not.toBe('granted');
      expect(issuer.requests).toEqual([]);
    },
  );
});

describe('the keys of an issuer', () => {
  it('are fetched when they are needed, once for many', async () => {
    const exchange = createExchange();
    expect(issuer.requests).toEqual([]);
    const identity = await issuer.sign(claims);

    const outcomes = await Promise.all([1, 2, 3].map(() => exchange.exchange(identity)));

    expect(outcomes.map(reasonOf)).toEqual(['granted', 'granted', 'granted']);
    expect(issuer.requests).toEqual(['/.well-known/openid-configuration', '/keys']);
  });

  it('are where jwksUri says, without another question', async () => {
    const exchange = createExchange({ jwksUri: `${issuer.url}/keys` });

    expect(await tryOut(await issuer.sign(claims), exchange)).toBe('granted');
    expect(issuer.requests).toEqual(['/keys']);
  });

  it('are fetched again for a new key, after which the old one is no longer good', async () => {
    const exchange = createExchange();
    const old = await issuer.sign(claims);
    expect(await tryOut(old, exchange)).toBe('granted');

    await issuer.rotateKeys();
    const current = await issuer.sign(claims);
    nowMs += 31_000;

    expect(await tryOut(current, exchange)).toBe('granted');
    expect(await tryOut(old, exchange)).not.toBe('granted');
  });

  it('are not fetched for every key that somebody makes up', async () => {
    const exchange = createExchange();
    expect(await tryOut(await issuer.sign(claims), exchange)).toBe('granted');
    await issuer.rotateKeys();
    const unknown = await issuer.sign(claims);
    const before = issuer.requests.length;

    for (let count = 0; count < 5; count += 1) {
      expect(await tryOut(unknown, exchange)).toMatch(/no applicable key/);
    }
    expect(issuer.requests).toHaveLength(before);
  });

  it('that were withdrawn are no longer good after ten minutes', async () => {
    const exchange = createExchange();
    const old = await issuer.sign({ ...claims, exp: inSeconds(3_600) });
    expect(await tryOut(old, exchange)).toBe('granted');
    await issuer.rotateKeys();

    nowMs += 9 * MINUTE_MS;
    expect(await tryOut(old, exchange)).toBe('granted');
    nowMs += 2 * MINUTE_MS;
    expect(await tryOut(old, exchange)).toMatch(/no applicable key/);
  });

  it.each<[string, (issuer: Issuer, response: ServerResponse) => void]>([
    ['fails', (_issuer, response) => response.writeHead(500).end('{}')],
    ['redirects', (_issuer, response) => response.writeHead(302, { location: '/moved' }).end()],
    ['hangs up', (_issuer, response) => response.destroy()],
    ['never answers', () => undefined],
    ['answers with something else', (_issuer, response) => response.end('<html>')],
    ['answers with no place for keys', (_issuer, response) => response.end('{"issuer":1}')],
    [
      'answers with far too much',
      ({ configuration }, response) =>
        response.end(' '.repeat(1_000_000) + JSON.stringify(configuration)),
    ],
    [
      'is about somebody else',
      ({ configuration }, response) =>
        response.end(JSON.stringify({ ...configuration, issuer: 'https://evil.example.com' })),
    ],
    [
      'names a place for its keys that others can pretend to be',
      // The same server, by an address that is not only for this machine.
      ({ configuration }, response) => {
        const jwks_uri = configuration.jwks_uri.replace('127.0.0.1', '0.0.0.0');
        response.end(JSON.stringify({ ...configuration, jwks_uri }));
      },
    ],
  ])('are the trouble of the issuer when it %s, and not of the identity', async (_what, answer) => {
    const exchange = createExchange();
    const identity = await issuer.sign(claims);
    issuer.behaviour = (path, response) => {
      if (!path.startsWith('/.well-known/')) return false;
      answer(issuer, response);
      return true;
    };

    await expect(exchange.exchange(identity)).rejects.toMatchObject({
      code: 'LARDER_SERVER_ISSUER_UNAVAILABLE',
    });
    issuer.behaviour = null;
    nowMs += 2_000;
    expect(await tryOut(identity, exchange)).toBe('granted');
  });

  it('are the trouble of the issuer when what it calls keys is none', async () => {
    const exchange = createExchange();
    const identity = await issuer.sign(claims);
    issuer.behaviour = (path, response) => {
      if (path === '/keys') response.end('{"keys":"none"}');
      return path === '/keys';
    };

    await expect(exchange.exchange(identity)).rejects.toMatchObject({
      code: 'LARDER_SERVER_ISSUER_UNAVAILABLE',
    });
  });

  it('are not asked for again and again where they cannot be had', async () => {
    const exchange = createExchange();
    const identity = await issuer.sign(claims);
    issuer.behaviour = (_path, response) => {
      response.writeHead(500).end();
      return true;
    };
    const attempts = [1, 2, 3].map(() => exchange.exchange(identity));
    const outcomes = await Promise.allSettled(attempts);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    await expect(exchange.exchange(identity)).rejects.toMatchObject({
      code: 'LARDER_SERVER_ISSUER_UNAVAILABLE',
    });
    expect(issuer.requests).toHaveLength(1);
  });
});
