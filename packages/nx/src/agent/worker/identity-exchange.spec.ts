import type { CiIdentity } from '../../options/ci-identity.ts';
import {
  answer,
  hang,
  inTurn,
  proceed,
  reset,
  startArtifactsServer,
  type ArtifactsServer,
  type Behaviour,
} from '../../testing/artifacts-server.fixture.ts';
import { startGithubEndpoint, type GithubEndpoint } from '../../testing/github-endpoint.fixture.ts';
import { createTestBed } from '../../testing/test-bed.fixture.ts';
import { exchangeIdentity } from './identity-exchange.ts';

const bed = createTestBed();
let server: ArtifactsServer;
let github: GithubEndpoint;

beforeEach(async () => {
  server = await startArtifactsServer();
  bed.onCleanUp(() => server.close());
  github = await startGithubEndpoint(bed);
  server.access = { audience: server.url, token: 'minted', access: 'read-write' };
});
afterEach(() => bed.cleanUp());

const signed: CiIdentity = { kind: 'signed', token: 'a.b.c' };

function githubIdentity(audience: string | null = null): CiIdentity {
  return { kind: 'github', requestUrl: github.url, requestToken: 'request-token', audience };
}

function exchange(identity: CiIdentity, { url = server.url, timeoutMs = 20_000 } = {}) {
  return exchangeIdentity({ url, identity, timeoutMs });
}

describe('the identity of a job', () => {
  it('is asked for with the audience of the server, shown to it, and exchanged', async () => {
    const before = Date.now();

    const access = await exchange(githubIdentity());

    expect(access).toMatchObject({ token: 'minted', mayWrite: true });
    expect(access.expiresAtMs).toBeGreaterThan(before + 3_500_000);
    expect(github.requests).toEqual([
      { audience: server.url, authorization: 'bearer request-token' },
    ]);
    expect(server.identities).toEqual([`identity for ${server.url}`]);
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual([
      undefined,
      undefined,
    ]);
  });

  it('is exchanged as it is where the job already has it', async () => {
    expect(await exchange(signed)).toMatchObject({ token: 'minted' });
    expect(server.identities).toEqual(['a.b.c']);
    expect(server.seen('oidc')).toHaveLength(1);
  });

  it('is asked for with the audience that is set, without asking the server for its own', async () => {
    await exchange(githubIdentity('my cache & more'));

    expect(github.requests[0]?.audience).toBe('my cache & more');
    expect(server.seen('oidc')).toHaveLength(1);
  });

  it('may get a token that only reads', async () => {
    server.access = { audience: server.url, token: 'minted', access: 'read' };

    expect(await exchange(signed)).toMatchObject({ mayWrite: false });
  });
});

describe('an audience', () => {
  it.each([
    (url: string) => url,
    (url: string) => `${url}/path`,
    (url: string) => new URL(url).host,
    (url: string) => new URL(url).hostname,
  ])('that is a name of the server is asked for', async (nameOf) => {
    const audience = nameOf(server.url);
    server.access = { audience, token: 'minted', access: 'read' };

    await exchange(githubIdentity());
    expect(github.requests[0]?.audience).toBe(audience);
  });

  it.each(['sts.amazonaws.com', 'https://cloud.example.com', 'http://127.0.0.1.example.com', ''])(
    'that is somebody else is not asked for: "%s"',
    async (audience) => {
      server.access = { audience, token: 'minted', access: 'read' };

      await expect(exchange(githubIdentity())).rejects.toMatchObject({
        code: 'LARDER_OIDC_AUDIENCE_FOREIGN',
      });
      expect(github.requests).toEqual([]);
      expect(server.identities).toEqual([]);
    },
  );
});

describe('an identity is shown to nobody', () => {
  it.each(['http://cache.example.com', 'http://127.0.0.1.example.com', 'http://10.0.0.1:5277'])(
    'by plain http, beyond this machine: %s',
    async (url) => {
      await expect(exchange(signed, { url })).rejects.toMatchObject({
        code: 'LARDER_OIDC_INSECURE',
      });
    },
  );

  it('where the address to ask for it is plain http', async () => {
    const identity: CiIdentity = {
      kind: 'github',
      requestUrl: 'http://actions.example.com/token',
      requestToken: 'request-token',
      audience: null,
    };

    await expect(exchange(identity)).rejects.toMatchObject({ code: 'LARDER_OIDC_INSECURE' });
    expect(server.identities).toEqual([]);
  });

  it.each([301, 302, 307, 308])('that a %d leads to', async (status) => {
    const other = await startArtifactsServer();
    bed.onCleanUp(() => other.close());
    other.access = server.access;
    server.behaviour.oidc = ({ request, response }) => {
      request.resume();
      response.writeHead(status, { location: `${other.url}/auth/oidc` }).end();
    };

    await expect(exchange(signed)).rejects.toMatchObject({ code: 'LARDER_OIDC_FAILED' });
    expect(other.requests).toEqual([]);
  });
});

describe('an exchange that comes to nothing', () => {
  it.each<[string, Behaviour, string]>([
    ['refuses', answer(401), 'LARDER_OIDC_REFUSED'],
    ['knows no identities', answer(404), 'LARDER_OIDC_NOT_OFFERED'],
    ['cannot ask the issuer', answer(503), 'LARDER_OIDC_FAILED'],
    ['hangs up', reset, 'LARDER_OIDC_FAILED'],
    ['answers with something else', answer(200, '<html>'), 'LARDER_OIDC_FAILED'],
    ['gives no token', answer(200, '{"token":null}'), 'LARDER_OIDC_FAILED'],
    ['gives what is no token', answer(200, '{"token":"a\\nb"}'), 'LARDER_OIDC_FAILED'],
    [
      'answers far too much',
      answer(200, `${' '.repeat(1_000_000)}{"token":"minted"}`),
      'LARDER_OIDC_FAILED',
    ],
  ])('because the server %s says so', async (_what, behaviour, code) => {
    server.behaviour.oidc = inTurn(proceed, behaviour);

    await expect(exchange(githubIdentity())).rejects.toMatchObject({ code });
    await expect(exchange(signed)).rejects.toMatchObject({ code });
  });

  it.each<[string, GithubEndpoint['behaviour']]>([
    ['fails', (response) => response.writeHead(500).end('{"value":"a.b.c"}')],
    ['answers with something else', (response) => response.end('[]')],
    ['hangs up', (response) => response.destroy()],
  ])('because GitHub %s says so, and the server is shown nothing', async (_what, behaviour) => {
    github.behaviour = behaviour;

    await expect(exchange(githubIdentity())).rejects.toMatchObject({ code: 'LARDER_OIDC_FAILED' });
    expect(server.identities).toEqual([]);
  });

  it.each(['the server', 'GitHub'])('because %s is silent ends in time', async (who) => {
    if (who === 'GitHub') github.behaviour = () => undefined;
    else server.behaviour.oidc = hang;

    await expect(exchange(githubIdentity(), { timeoutMs: 100 })).rejects.toMatchObject({
      code: 'LARDER_OIDC_FAILED',
      message: expect.stringContaining('no answer within 100 ms') as string,
    });
  });

  it('tells no secrets', async () => {
    server.behaviour.oidc = inTurn(proceed, answer(500, 'identity for'));

    const error = await exchange(githubIdentity()).catch((reason: unknown) => reason);

    expect(String(error)).not.toMatch(/request-token|identity for|minted/);
  });
});
