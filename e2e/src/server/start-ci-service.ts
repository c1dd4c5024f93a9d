import { generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { createServer } from 'node:http';

import { listenOnLoopback } from '../faults/listen-on-loopback.ts';

/** What a job of GitHub Actions is, in the words of its identity. */
export interface CiJob {
  readonly event_name: string;
  readonly ref: string;
  readonly ref_protected: string;
}

/** A CI service that signs for each of its jobs what it is, as GitHub Actions does. */
export interface CiService {
  /** The issuer of its identities. */
  readonly url: string;
  /** The variables of a job that may ask for its identity. */
  readonly variables: (job: CiJob) => Record<string, string>;
  readonly close: () => Promise<void>;
}

const REPOSITORY = { repository_id: '42', repository_owner_id: '7' } as const;

export const mainJob: CiJob = { event_name: 'push', ref: 'refs/heads/main', ref_protected: 'true' };
export const pullRequestJob: CiJob = {
  event_name: 'pull_request',
  ref: 'refs/pull/7/merge',
  ref_protected: 'false',
};

/** The option `oidc` of a server that serves the jobs of the service. */
export function oidcFor({ url }: Pick<CiService, 'url'>, audience: string): readonly object[] {
  return [
    {
      preset: 'github-actions',
      issuer: url,
      audience,
      repositoryIds: [REPOSITORY.repository_id],
      repositoryOwnerIds: [REPOSITORY.repository_owner_id],
    },
  ];
}

const KEY_ID = 'key-1';

/** The caller closes it. */
export async function startCiService(): Promise<CiService> {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jobs = new Map<string, CiJob>();

  const identityOf = (job: CiJob, audience: string | null): string => {
    const now = Math.floor(Date.now() / 1000);
    const header = { alg: 'ES256', typ: 'JWT', kid: KEY_ID };
    const times = { iat: now, nbf: now, exp: now + 300 };
    const claims = { iss: service.url, aud: audience, repository: 'acme/shop', run_id: '17' };
    const content = [header, { ...claims, ...times, ...REPOSITORY, ...job }]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.');
    const key = { key: privateKey, dsaEncoding: 'ieee-p1363' } as const;
    return `${content}.${sign('sha256', Buffer.from(content), key).toString('base64url')}`;
  };

  const answerTo = (path: string, authorization: string): object | null => {
    const { pathname, searchParams } = new URL(path, service.url);
    if (pathname === '/.well-known/openid-configuration') {
      return { issuer: service.url, jwks_uri: `${service.url}/keys` };
    }
    if (pathname === '/keys') {
      return { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: KEY_ID, use: 'sig' }] };
    }
    const job = jobs.get(authorization.replace(/^bearer /, ''));
    if (pathname !== '/token' || job === undefined) return null;
    return { value: identityOf(job, searchParams.get('audience')) };
  };

  const server = createServer(({ url = '', headers: { authorization = '' } }, response) => {
    const answer = answerTo(url, authorization);
    if (answer === null) response.writeHead(404).end();
    else response.end(JSON.stringify(answer));
  });
  const { url, close } = await listenOnLoopback(server);
  const service: CiService = {
    url,
    variables(job) {
      const requestToken = randomUUID();
      jobs.set(requestToken, job);
      return {
        ACTIONS_ID_TOKEN_REQUEST_URL: `${url}/token?api-version=2.0`,
        ACTIONS_ID_TOKEN_REQUEST_TOKEN: requestToken,
      };
    },
    close,
  };
  return service;
}
