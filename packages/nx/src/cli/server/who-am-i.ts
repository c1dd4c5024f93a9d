// What a server of Larder tells about a token, see "GET /larder/v1/whoami" in docs/wire-contract.md.
import { EnvHttpProxyAgent, request } from 'undici';

const path = '/larder/v1/whoami';
const timeoutMs = 5_000;
const maxAnswerBytes = 64 * 1024;

export interface WhoAmI {
  readonly tokenId: string | null;
  readonly label: string | null;
  readonly access: 'read' | 'read-write';
  readonly scope: string;
  /** Null: every team. */
  readonly teams: readonly string[] | null;
  /** Milliseconds since the epoch; null: never. */
  readonly expiresAtMs: number | null;
  /** Of the server. */
  readonly version: string | null;
  readonly serverTimeMs: number | null;
}

/** Null from a server that does not know the question, or does not answer it. */
export async function askWhoAmI({
  url,
  token,
}: {
  readonly url: string;
  readonly token: string;
}): Promise<WhoAmI | null> {
  // Explicit, so that NODE_TLS_REJECT_UNAUTHORIZED cannot turn it off.
  const tls = { rejectUnauthorized: true };
  const dispatcher = new EnvHttpProxyAgent({ connect: tls, requestTls: tls, proxyTls: tls });
  try {
    const { statusCode, body } = await request(url + path, {
      dispatcher,
      headers: { authorization: `Bearer ${token}`, accept: 'application/json' },
      signal: AbortSignal.timeout(timeoutMs),
    });
    const text = await readText(body);
    return statusCode === 200 ? parse(text) : null;
  } catch {
    // What is wrong with the server shows in the questions that every server answers.
    return null;
  } finally {
    await dispatcher.destroy();
  }
}

async function readText(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of body) {
    sizeBytes += chunk.length;
    if (sizeBytes > maxAnswerBytes) throw new Error('The answer is too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Null for what is no such answer: a page that a server has for every path, for example. */
function parse(text: string): WhoAmI | null {
  const value = JSON.parse(text) as Readonly<Record<string, unknown>> | null;
  const { access, scope, teams } = value ?? {};
  if (access !== 'read' && access !== 'read-write') return null;
  return {
    tokenId: textOf(value?.tokenId),
    label: textOf(value?.label),
    access,
    scope: textOf(scope) ?? 'trusted',
    teams: Array.isArray(teams) ? teams.filter((team) => typeof team === 'string') : null,
    expiresAtMs: numberOf(value?.expiresAtMs),
    version: textOf(value?.version),
    serverTimeMs: numberOf(value?.serverTimeMs),
  };
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function numberOf(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}
