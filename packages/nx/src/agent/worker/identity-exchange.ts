// Gets a token for a CI job's signed identity, see "Signed identities" in docs/wire-contract.md.
import { isIPv4 } from 'node:net';
import { EnvHttpProxyAgent, request, type Dispatcher } from 'undici';
import { pluginError } from '../../errors/plugin-error.ts';
import { readText } from '../../http/read-text.ts';
import type { CiIdentity } from '../../options/ci-identity.ts';

const exchangePath = '/auth/oidc';
const maxAnswerBytes = 64 * 1024;

/** What the server has given for an identity. Holds a secret: never log it. */
export interface Access {
  readonly token: string;
  readonly mayWrite: boolean;
  /** Milliseconds since 1970. */
  readonly expiresAtMs: number;
}

export interface IdentityExchangeOptions {
  /** Base address of the cache server: nobody else is shown the identity. */
  readonly url: string;
  readonly identity: CiIdentity;
  /** For everything together. */
  readonly timeoutMs: number;
}

/**
 * @throws LarderError `LARDER_OIDC_INSECURE`, `LARDER_OIDC_NOT_OFFERED`,
 * `LARDER_OIDC_AUDIENCE_FOREIGN`, `LARDER_OIDC_REFUSED`, `LARDER_OIDC_FAILED`
 */
export async function exchangeIdentity(options: IdentityExchangeOptions): Promise<Access> {
  const { url, identity, timeoutMs } = options;
  requireSecure(url, 'The cache server');
  const signal = AbortSignal.timeout(timeoutMs);
  // Explicit, so that NODE_TLS_REJECT_UNAUTHORIZED cannot turn it off.
  const tls = { rejectUnauthorized: true };
  const dispatcher = new EnvHttpProxyAgent({ connect: tls, requestTls: tls, proxyTls: tls });
  const call: Call = async (what, address, init = {}) => {
    try {
      // Redirects are not followed: they could lead to somebody else.
      const { statusCode, body } = await request(address, { ...init, dispatcher, signal });
      return { status: statusCode, content: parseJson(await readText(body, maxAnswerBytes)) };
    } catch (cause) {
      throw failed(what, signal.aborted ? `no answer within ${timeoutMs} ms` : reasonOf(cause));
    }
  };
  try {
    const token = identity.kind === 'signed' ? identity.token : await sign(call, url, identity);
    return await exchange(call, url, token);
  } finally {
    await dispatcher.destroy();
  }
}

type Call = (
  what: string,
  address: string,
  init?: Partial<Pick<Dispatcher.RequestOptions, 'method' | 'headers' | 'body'>>,
) => Promise<{ readonly status: number; readonly content: unknown }>;

/** https://docs.github.com/en/actions/reference/security/oidc#methods-for-requesting-the-oidc-token */
async function sign(
  call: Call,
  url: string,
  identity: Extract<CiIdentity, { kind: 'github' }>,
): Promise<string> {
  requireSecure(identity.requestUrl, 'ACTIONS_ID_TOKEN_REQUEST_URL');
  const audience = identity.audience ?? (await findAudience(call, url));
  const address = new URL(identity.requestUrl);
  address.searchParams.set('audience', audience);
  const what = 'Asking GitHub for the identity of the job';
  const { status, content } = await call(what, address.href, {
    headers: { authorization: `bearer ${identity.requestToken}` },
  });
  const value = status === 200 ? textOf(content, 'value') : null;
  if (value === null) throw failed(what, `the answer was ${status}`);
  return value;
}

/**
 * An identity that is made out to somebody else could be used there by whoever runs the server, so
 * that only its own name will do.
 */
async function findAudience(call: Call, url: string): Promise<string> {
  const what = 'Asking the server for its audience';
  const { status, content } = await call(what, url + exchangePath);
  if (status === 404) throw notOffered(url);
  const issuers = fieldOf(content, 'issuers');
  if (status !== 200 || !Array.isArray(issuers)) throw failed(what, `the answer was ${status}`);
  const audiences = issuers.flatMap((each) => textOf(each, 'audience') ?? []);
  const own = audiences.find((audience) => isNameOf(audience, new URL(url)));
  if (own !== undefined) return own;
  throw pluginError(
    'LARDER_OIDC_AUDIENCE_FOREIGN',
    `The server at ${url} wants identities that are made out to somebody else: ${audiences.join(', ').slice(0, 200)}`,
    {
      hint: 'Let the audience in the option "oidc" of the server be its address, or set LARDER_AUDIENCE to it.',
    },
  );
}

function isNameOf(audience: string, { host, hostname }: URL): boolean {
  if (URL.canParse(audience) && new URL(audience).host === host) return true;
  return [host, hostname].includes(audience.toLowerCase());
}

async function exchange(call: Call, url: string, identity: string): Promise<Access> {
  const what = 'Exchanging the identity of the job';
  const { status, content } = await call(what, url + exchangePath, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token: identity }),
  });
  if (status === 404) throw notOffered(url);
  if (status === 401) {
    throw pluginError('LARDER_OIDC_REFUSED', `The server at ${url} refuses the identity`, {
      hint: 'Look for "an identity was refused" in the log of the server, and check the ids and the audience in its option "oidc".',
    });
  }
  const token = textOf(content, 'token');
  if (status !== 200 || token === null || !/^[\x21-\x7e]+$/.test(token)) {
    throw failed(what, `the answer was ${status}`);
  }
  return {
    token,
    mayWrite: textOf(content, 'access') === 'read-write',
    expiresAtMs: Date.parse(textOf(content, 'expiresAt') ?? ''),
  };
}

function requireSecure(text: string, what: string): void {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.protocol === 'https:') return;
  if (url?.protocol === 'http:' && isLoopback(url.hostname)) return;
  throw pluginError(
    'LARDER_OIDC_INSECURE',
    `${what} is not reached by https, so that others could read the identity of the job`,
    { hint: 'Set LARDER_URL (or "url" in nx.json) to an address that starts with https://.' },
  );
}

/** As `URL` writes host names: IPv4 in four numbers, IPv6 in brackets. */
function isLoopback(hostname: string): boolean {
  if (isIPv4(hostname)) return hostname.startsWith('127.');
  return hostname === 'localhost' || hostname === '[::1]';
}

/** Undefined for what is no JSON; its status says enough. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function fieldOf(content: unknown, name: string): unknown {
  if (typeof content !== 'object' || content === null) return undefined;
  return (content as Readonly<Record<string, unknown>>)[name];
}

function textOf(content: unknown, name: string): string | null {
  const value = fieldOf(content, name);
  return typeof value === 'string' ? value : null;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function notOffered(url: string) {
  return pluginError(
    'LARDER_OIDC_NOT_OFFERED',
    `There is no token, and the server at ${url} gives none for the identity of a job`,
    { hint: 'Set LARDER_TOKEN, or configure the option "oidc" of the server.' },
  );
}

function failed(what: string, reason: string) {
  return pluginError('LARDER_OIDC_FAILED', `${what} failed: ${reason}`, {
    hint: 'Check the network and the log of the server, or set LARDER_TOKEN.',
  });
}
